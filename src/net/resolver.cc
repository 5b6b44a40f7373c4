#include "net/resolver.h"

#include <algorithm>
#include <utility>

#include "net/dns_thread.h"

namespace portico::net {
namespace {

// RFC 1035 section 2.3.4; a trailing dot is allowed. What a label may hold is the server's to judge.
bool is_domain_name(std::string_view name) {
  return !name.empty() && name.size() <= 254 &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

DnsType address_type(AddressFamily family) {
  if (family == AddressFamily::v4) return DnsType::a;
  return family == AddressFamily::v6 ? DnsType::aaaa : DnsType::both_addresses;
}

std::string lower(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

}  // namespace

struct Resolver::State {
  template <typename Record>
  void ask(DnsType type, const std::string& name, async::Loop& asker, Told<Record> told) {
    if (!is_domain_name(name)) {
      asker.post([told = std::move(told)] { told(fail(Code::invalid, "not a domain name")); });
      return;
    }
    thread->ask({.type = type, .name = lower(name)},
                [&asker, told = std::move(told)](const Result<DnsRecords>& outcome) {
                  Result<std::vector<Record>> records =
                      outcome ? Result<std::vector<Record>>(std::get<std::vector<Record>>(*outcome))
                              : fail(outcome.error());
                  asker.post([told, records = std::move(records)] { told(records); });
                });
  }

  std::unique_ptr<DnsThread> thread;
};

Resolver::Resolver(std::unique_ptr<State> state) : state_(std::move(state)) {}
Resolver::~Resolver() = default;

Result<std::unique_ptr<Resolver>> Resolver::make(const ResolverOptions& options) {
  auto thread = DnsThread::start(options);
  if (!thread) return fail(thread.error());
  auto state = std::make_unique<State>();
  state->thread = std::move(*thread);
  return std::unique_ptr<Resolver>(new Resolver(std::move(state)));
}

void Resolver::naptr(const std::string& name, async::Loop& asker, Told<NaptrRecord> told) {
  state_->ask(DnsType::naptr, name, asker, std::move(told));
}

void Resolver::srv(const std::string& name, async::Loop& asker, Told<SrvRecord> told) {
  state_->ask(DnsType::srv, name, asker, std::move(told));
}

void Resolver::addresses(const std::string& name, AddressFamily family, async::Loop& asker,
                         Told<IpAddress> told) {
  state_->ask(address_type(family), name, asker, std::move(told));
}

}  // namespace portico::net
