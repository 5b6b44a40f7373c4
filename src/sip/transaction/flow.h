#pragma once
// Where a SIP message came from, or goes to: a plain value. `sip` never opens a socket; signaling/pump reads
// the numbers here to find the one to write on.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/address.h"

namespace portico::sip {

enum class Transport : std::uint8_t { udp, tcp, tls, ws, wss };

// RFC 3261 section 17: over these nothing is retransmitted by a transaction.
constexpr bool is_reliable(Transport t) { return t != Transport::udp; }
constexpr bool is_secure(Transport t) { return t == Transport::tls || t == Transport::wss; }
// As in Via: "UDP", "TCP", "TLS", "WS", "WSS".
constexpr std::string_view via_name(Transport t) {
  constexpr std::string_view kNames[] = {"UDP", "TCP", "TLS", "WS", "WSS"};
  return kNames[static_cast<std::size_t>(t)];
}
// As in the URI parameter "transport".
constexpr std::string_view uri_name(Transport t) {
  constexpr std::string_view kNames[] = {"udp", "tcp", "tls", "ws", "wss"};
  return kNames[static_cast<std::size_t>(t)];
}
constexpr std::uint16_t default_port(Transport t) {
  constexpr std::uint16_t kPorts[] = {5060, 5060, 5061, 80, 443};
  return kPorts[static_cast<std::size_t>(t)];
}

struct Flow {
  Transport transport = Transport::udp;
  std::uint32_t socket = 0;      // the owner's number for its local socket or listener
  std::uint64_t connection = 0;  // the owner's number for a stream connection; 0: a datagram, or "open one"
  Endpoint local;                // where it arrived; for a send, the address to send from
  Endpoint remote;

  friend bool operator==(const Flow&, const Flow&) = default;
};

}  // namespace portico::sip
