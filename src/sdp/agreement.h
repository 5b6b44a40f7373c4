#pragma once
// The parts that answering an offer and applying an answer have in common.

#include <cstdint>
#include <optional>
#include <vector>

#include "sdp/audio_line.h"
#include "sdp/negotiated.h"
#include "sdp/negotiation.h"

namespace portico::sdp {

// Where the peer is, how long its packets shall be, and which way media flows given what we would allow
// ourselves.
Negotiated agreed_transport(const AudioLine& remote, Direction ours, bool rtcp_mux);

// The payload types that stand for something which none of `agreed` sends with: those of the peer's line, and
// those of the session so far.
PayloadTypes foreign_payload_types(const AudioLine& remote, const Negotiated& agreed,
                                   const Negotiated* previous);

// The telephone-event first that counts as the codec does: a digit's timestamps are the stream's. Without one
// that of 8 kHz, which many phones offer beside opus.
void put_best_clock_first(std::vector<TelephoneEventFormat>& events, Codec codec);

}  // namespace portico::sdp
