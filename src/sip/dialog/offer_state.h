#pragma once
// Whose offer of a session description waits for an answer (RFC 3264 section 4, RFC 6337): one state for each
// dialog, whatever messages carry the two.

#include <array>
#include <cstdint>

namespace portico::sip {

enum class OfferState : std::uint8_t { idle, we_offered, peer_offered };
enum class OfferInput : std::uint8_t {
  send_offer,
  got_answer,
  send_refused,  // our offer was refused or lost
  got_offer,
  send_answer,
  got_refused,  // we refused the peer's offer, or it was withdrawn
};

//                 send_offer                            got_offer
//  +------------+ <--- got_answer ---  +------+  --- send_answer ---> +--------------+
//  | we_offered |      send_refused    | idle |      got_refused      | peer_offered |
//  +------------+ --- send_offer <---  +------+  ---> got_offer ----- +--------------+
// Anything else is glare or a mistake: RFC 3261 section 14, RFC 3311 section 5.2.
struct OfferRow {
  OfferState from;
  OfferInput input;
  OfferState to;
};
inline constexpr std::array kOfferRows{
    OfferRow{OfferState::idle, OfferInput::send_offer, OfferState::we_offered},
    OfferRow{OfferState::idle, OfferInput::got_offer, OfferState::peer_offered},
    OfferRow{OfferState::we_offered, OfferInput::got_answer, OfferState::idle},
    OfferRow{OfferState::we_offered, OfferInput::send_refused, OfferState::idle},
    OfferRow{OfferState::peer_offered, OfferInput::send_answer, OfferState::idle},
    OfferRow{OfferState::peer_offered, OfferInput::got_refused, OfferState::idle},
};

// False, and no change, when the table has no such row.
constexpr bool step(OfferState& state, OfferInput input) {
  for (const OfferRow& row : kOfferRows) {
    if (row.from == state && row.input == input) {
      state = row.to;
      return true;
    }
  }
  return false;
}

}  // namespace portico::sip
