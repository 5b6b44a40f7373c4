#include "rtp/telephone_event.h"

#include <string_view>

#include "rtp/octets.h"

namespace portico::rtp {
namespace {

constexpr std::string_view kDigits = "0123456789*#ABCD";  // in the order of RFC 4733 section 3.2

}  // namespace

Taken<TelephoneEvent> parse_telephone_event(ByteView payload) {
  if (payload.size() < kTelephoneEventBytes) return Dropped(Drop::event_bad_payload);
  return TelephoneEvent{.event = payload[0],
                        .end = (payload[1] & 0x80) != 0,
                        .volume = static_cast<std::uint8_t>(payload[1] & 0x3F),
                        .duration = read_u16(payload, 2)};
}

std::array<std::uint8_t, kTelephoneEventBytes> write_telephone_event(const TelephoneEvent& event) {
  return {event.event, static_cast<std::uint8_t>((event.end ? 0x80 : 0) | (event.volume & 0x3F)),
          static_cast<std::uint8_t>(event.duration >> 8), static_cast<std::uint8_t>(event.duration)};
}

std::optional<char> digit_of(std::uint8_t event) {
  if (event >= kDigits.size()) return std::nullopt;
  return kDigits[event];
}

std::optional<std::uint8_t> event_of(char digit) {
  if (digit >= 'a' && digit <= 'd') digit = static_cast<char>(digit - 'a' + 'A');
  const auto at = kDigits.find(digit);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(at);
}

}  // namespace portico::rtp
