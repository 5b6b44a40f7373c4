#include "sim/thief.h"

#include "sim/server.h"

namespace portico::sim {
namespace {

// Puts `value` in the place of what follows `key`, up to one of `ends`.
void put_after(std::string& text, const std::string& key, const std::string& value, const char* ends) {
  const auto at = text.find(key);
  if (at == std::string::npos) return;
  const auto begin = at + key.size();
  text.replace(begin, text.find_first_of(ends, begin) - begin, value);
}

}  // namespace

Thief::Thief(async::Loop& loop, Network& network, const Endpoint& at, std::uint32_t every, int most,
             std::uint64_t seed)
    : loop_(loop), network_(network), at_(at), every_(every), most_(most), luck_(seed) {
  network_.watch_sent([this](const Datagram& datagram) { on_sent(datagram); });
}

void Thief::on_sent(const Datagram& datagram) {
  if (datagram.to != Server::address() || !datagram.bytes.starts_with("INVITE ")) return;
  if (datagram.bytes.find("Proxy-Authorization:") == std::string::npos) return;
  if (datagram.bytes.find("stolen") != std::string::npos) return;
  if (tries_ >= most_ || !luck_.one_in(every_)) return;
  ++tries_;
  auto from = at_;
  if (luck_.one_in(2)) from.ip = datagram.from.ip;
  loop_.call_at(loop_.now() + luck_.up_to(luck_.one_in(2) ? 500ms : 70s),
                [this, invite = datagram.bytes, from] { call_as(invite, from); });
}

void Thief::call_as(const std::string& invite, const Endpoint& from) {
  auto mine = invite;
  const auto number = std::to_string(tries_) + "-" + std::to_string(luck_.below(1'000'000));
  put_after(mine, "branch=", "z9hG4bK-stolen-" + number, ";\r\n");
  put_after(mine, "\r\nCall-ID: ", "stolen-" + number, "\r\n");
  put_after(mine, "\r\nVia: SIP/2.0/", "UDP " + from.to_string(), ";\r\n");
  network_.send({.from = from, .to = Server::address(), .bytes = std::move(mine)});
}

}  // namespace portico::sim
