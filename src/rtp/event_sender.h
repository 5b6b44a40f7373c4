#pragma once
// One digit as telephone-event packets (RFC 4733 section 2.5.1): the first with the marker, an update each
// packet time, and the end three times. The caller sends one packet each `ptime`; it owns sequence numbers
// and SSRC.

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "rtp/telephone_event.h"

namespace portico::rtp {

inline constexpr int kEventEndPackets = 3;

class EventSender {
 public:
  struct Digit {
    std::uint8_t event = 0;
    Millis duration{160};      // at least one ptime is sent
    std::uint8_t volume = 10;  // -dBm0, 0..63
  };
  // `timestamp`: RTP time at which the digit begins; `clock_rate` of the telephone-event payload type.
  EventSender(const Digit& digit, std::uint32_t timestamp, std::uint32_t clock_rate,
              Millis ptime = Millis(20));

  struct Out {
    TelephoneEvent event;
    std::uint32_t timestamp = 0;
    bool marker = false;
  };
  // The next packet; nothing when all are sent.
  std::optional<Out> next();
  // The digit ends here: its end is what is left to send.
  void cut() { total_ = std::max(elapsed_, step_); }
  bool done() const { return ends_sent_ == kEventEndPackets; }

  std::uint32_t end_timestamp() const {
    return timestamp_ + total_;
  }  // audio goes on from here at the earliest

 private:
  Digit digit_;
  std::uint32_t timestamp_;    // beginning of the digit
  std::uint32_t total_;        // ticks
  std::uint32_t step_;         // ticks a packet
  std::uint32_t elapsed_ = 0;  // ticks told so far
  std::uint32_t segment_ = 0;  // ticks before the present segment (section 2.5.1.3)
  int ends_sent_ = 0;
};

}  // namespace portico::rtp
