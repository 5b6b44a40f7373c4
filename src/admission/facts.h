#pragma once
// What is known of an INVITE without To tag when it is decided upon. Gathered by signaling/; plain values,
// nothing owned: pointers and views need only live through decide().

#include <cstdint>
#include <optional>
#include <string_view>

#include "account/application.h"
#include "base/address.h"

namespace portico::admission {

enum class Transport : std::uint8_t { udp, tcp, tls, ws, wss };
std::string_view transport_name(Transport transport);
std::optional<Transport> parse_transport(std::string_view name);  // lower case
constexpr bool is_datagram(Transport t) { return t == Transport::udp; }
constexpr bool is_secure(Transport t) { return t == Transport::tls || t == Transport::wss; }

// What is wrong with the request itself (step 1).
enum class RequestFault : std::uint8_t {
  malformed,          // not parseable: 400
  missing_header,     // 400
  too_large,          // 413
  uri_too_long,       // 414
  version,            // not SIP/2.0: 505
  too_many_hops,      // Max-Forwards: 0: 483
  loop,               // 482
  unknown_extension,  // in Require: 420
};

enum class Scheme : std::uint8_t { sip, sips, other };

// What the digest check (RFC 7616) found in Proxy-Authorization.
enum class Credentials : std::uint8_t {
  absent,
  other_realm,  // none for our realm: as absent
  malformed,
  stale,     // nonce too old, digest right; or nonce so old that the digest was not looked at
  replayed,  // nc used before, digest right
  wrong,     // user name or digest, or a nonce that was not given to this address
  right,
};

enum class SdpFit : std::uint8_t {
  fits,         // or none, where an offer of ours will do
  unreadable,   // a body of another type, or coded
  unwanted,     // Accept leaves no room for a session description
  unparseable,  // a body that is no session description
  no_common_codec,
  no_srtp,  // require_srtp holds and the offer has none
};

enum class AccountUse : std::uint8_t { below_limits, too_many_calls, too_fast };
enum class Capacity : std::uint8_t { free, full, draining };

inline constexpr std::string_view kOtherRealmsPassword =
    "the password was made for another realm than this server's: set a new one";

struct Facts {
  std::optional<RequestFault> fault;
  bool over_source_rate = false;  // SourceRate
  Scheme scheme = Scheme::sip;
  bool host_is_ours = true;
  const account::Application* application = nullptr;  // by the Request-URI's user part; null: none
  std::string_view region;                            // of the edge that received it
  IpAddress source;                                   // transport peer, never Via or Contact
  Transport transport = Transport::udp;
  bool require_tls = false;  // of the deployment; the application's is looked at as well
  Credentials credentials = Credentials::absent;
  bool nonce_was_given = false;  // to this very source address, for this application, two lives ago at most
  bool locked_out = false;       // AuthFailures
  SdpFit sdp = SdpFit::fits;
  bool short_interval = false;  // Session-Expires below what we take (RFC 4028)
  AccountUse account = AccountUse::below_limits;
  Capacity capacity = Capacity::free;
  bool hide_applications = false;  // answer 404 in steps 6 and 7 as well
  // What of the request, its credentials or its SDP is wrong, in words for the owner; may be empty.
  std::string_view why;
};

}  // namespace portico::admission
