#pragma once
// The payload of a telephone-event packet (RFC 4733 section 2.3). event_receiver.h and event_sender.h make
// digits of it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "rtp/drop.h"

namespace portico::rtp {

inline constexpr std::size_t kTelephoneEventBytes = 4;

struct TelephoneEvent {
  std::uint8_t event = 0;  // 0-9, 10 *, 11 #, 12-15 A-D, 16 flash; others exist
  bool end = false;
  std::uint8_t volume = 10;    // -dBm0, 0..63
  std::uint16_t duration = 0;  // RTP clock ticks since the packet's timestamp

  friend bool operator==(const TelephoneEvent&, const TelephoneEvent&) = default;
};

// The first event of a payload. Drop: event_bad_payload.
Taken<TelephoneEvent> parse_telephone_event(ByteView payload);
std::array<std::uint8_t, kTelephoneEventBytes> write_telephone_event(const TelephoneEvent& event);

std::optional<char> digit_of(std::uint8_t event);  // 0-9 * # A-D
std::optional<std::uint8_t> event_of(char digit);  // the same, a-d too

}  // namespace portico::rtp
