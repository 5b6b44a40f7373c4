#pragma once
// RFC 3264 offer and answer for one audio stream, SDES keys included (RFC 4568). Pure: no sockets, no clock,
// no chance.
//
// Inbound call:   make_answer(offer, local, policy)                       -> 200
// Late offer:     make_offer(local, policy) -> 200; apply_answer(ours, ACK's body)
// Outbound call:  make_offer(local, policy) -> INVITE; apply_answer(ours, 18x or 200)
// Re-INVITE:      the same, with the Negotiated of the call so far as `previous`; then changes(before,
// after).

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/codec.h"
#include "base/srtp_key.h"
#include "sdp/negotiated.h"
#include "sdp/refusal.h"

namespace portico::sdp {

// Our end. The same key in a re-INVITE keeps its SRTP roll-over counter alive.
struct LocalMedia {
  Endpoint rtp;   // address and port to write
  Endpoint rtcp;  // usually rtp.port + 1
  // Allowed; in an offer of ours also the order.
  std::vector<Codec> codecs{Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus};
  bool telephone_event = true;
  bool rtcp_mux = true;       // taken when offered; offered by us
  std::vector<SrtpKey> keys;  // one a suite, in our offer's order (make_keys); empty: no SRTP
  Direction direction = Direction::send_receive;  // send_only or inactive puts the peer on hold
  Millis ptime{20};                               // what we like to receive
  std::uint64_t session_id = 1;                   // of o=, random for each call; 63 bits are used
};

enum class SrtpMode : std::uint8_t {
  off,       // offer and take RTP only
  optional,  // offer RTP/AVP with crypto lines; take SRTP whenever it is offered
  required,  // offer RTP/SAVP; refuse what is in the clear
};

struct Policy {
  SrtpMode srtp = SrtpMode::optional;  // for our offer `optional` needs keys in LocalMedia, else it means off
};

struct Answered {
  Negotiated negotiated;
  std::string text;  // equals negotiated.local_sdp
};

using RandomFill = std::function<void(std::span<std::uint8_t>)>;  // base/hash.h random_fill in production
std::vector<SrtpKey> make_keys(std::span<const SrtpSuite> suites, const RandomFill& fill);

// The text to send. With `previous` it is a re-offer: session id, payload type numbers and m-lines stay, the
// version grows by one if anything else differs. A format is left out where the peer uses its number, or all
// dynamic ones, for something else.
std::string make_offer(const LocalMedia& local, const Policy& policy, const Negotiated* previous = nullptr);

Outcome<Answered> make_answer(std::string_view offer, const LocalMedia& local, const Policy& policy,
                              const Negotiated* previous = nullptr);

// `our_offer` is the text that make_offer gave, or, where it only refreshes the session, the one we sent
// last.
Outcome<Negotiated> apply_answer(std::string_view our_offer, std::string_view answer, const Policy& policy,
                                 const Negotiated* previous = nullptr);

}  // namespace portico::sdp
