#include "http/host_names.h"

#include <utility>
#include <variant>

namespace portico::http {
namespace {

constexpr auto kFreshFor = 10s;  // the resolver's own answers live by their TTL
constexpr auto kUsedFor = 120s;
constexpr std::size_t kKnownMax = 10'000;

}  // namespace

bool HostNames::is_looked_up(std::string_view host) {
  return !host.empty() && !host.starts_with('[') && !parse_ip(host) && host != "localhost" &&
         !host.ends_with(".localhost");
}

void HostNames::look_up(const std::string& host, TimePoint now, Told told) {
  const auto it = known_.find(host);
  if (it == known_.end() || now >= it->second.at + kUsedFor) return ask(host, std::move(told));
  auto& known = it->second;
  if (now >= known.at + kFreshFor && !std::exchange(known.asked_again, true)) ask(host, nullptr);
  told(known.addresses);
}

void HostNames::ask(const std::string& host, Told told) {
  if (!dns_) {
    auto started = net::DnsThread::start(options_);
    if (!started) {
      if (told) told(fail(started.error()));
      return;
    }
    dns_ = std::move(*started);
  }
  dns_->ask({.type = net::DnsType::both_addresses, .name = host},
            [this, host, told = std::move(told)](const Result<net::DnsRecords>& found) {
              post_([this, host, told, found] {
                const auto addresses = take(host, found);
                if (told) told(addresses);
              });
            });
}

Result<Addresses> HostNames::take(const std::string& host, const Result<net::DnsRecords>& found) {
  const auto now = Clock::now();
  if (found) {
    // Those thrown out come back from the resolver's cache.
    if (known_.size() >= kKnownMax) known_.clear();
    auto& known = known_[host];
    known = {.addresses = std::get<Addresses>(*found), .at = now};
    return known.addresses;
  }
  if (found.error().code == Code::not_found) known_.erase(host);
  const auto it = known_.find(host);
  if (it == known_.end()) return fail(found.error());
  it->second.at = now - kFreshFor;
  it->second.asked_again = false;
  return it->second.addresses;
}

std::string resolve_entry(std::string_view host, std::string_view port, const Addresses& addresses) {
  std::string entry = "+";  // to be forgotten again
  entry.append(host).append(":").append(port);
  for (auto separator = ':'; const auto& ip : addresses) {
    entry += separator;
    entry += ip.is_v4() ? ip.to_string() : "[" + ip.to_string() + "]";
    separator = ',';
  }
  return entry;
}

}  // namespace portico::http
