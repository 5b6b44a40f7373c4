#pragma once
// Telephone-event packets in, digits out (RFC 4733 section 2.5.2). A digit is known by its RTP timestamp,
// hardly by the marker bit, which is lost as easily as any packet. One object a source (SSRC); one thread.

#include <array>
#include <cstdint>
#include <limits>
#include <span>

#include "base/time.h"
#include "rtp/packet.h"
#include "rtp/telephone_event.h"

namespace portico::rtp {

// An event that has stopped coming without its end packets is over after this long.
inline constexpr auto kEventSilenceMax = Millis(200);

struct DigitEvent {
  enum class Phase : std::uint8_t { began, ended };
  Phase phase = Phase::began;
  char digit = '0';             // 0-9 * # A-D
  std::uint32_t timestamp = 0;  // RTP time at which the digit began
  Millis duration{0};           // as far as it was heard: when it began, by the packet that told of it

  friend bool operator==(const DigitEvent&, const DigitEvent&) = default;
};

// Up to a handful, in order.
class DigitEvents {
 public:
  void push(const DigitEvent& event) {
    if (count_ < events_.size()) events_[count_++] = event;
  }
  const DigitEvent* begin() const { return events_.data(); }
  const DigitEvent* end() const { return events_.data() + count_; }
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  const DigitEvent& operator[](std::size_t i) const { return events_[i]; }

 private:
  std::array<DigitEvent, 8> events_{};
  std::size_t count_ = 0;
};

class EventReceiver {
 public:
  explicit EventReceiver(std::uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // `sequence` is the packet's number without its wraps (ReceiveStatistics::extend): so many other packets
  // may lie between two digits that the number on the wire does not tell which came first. Events other than
  // digits are taken without a word. Drops: event_bad_payload, event_stale.
  Taken<DigitEvents> on_packet(const Packet& packet, std::int64_t sequence, TimePoint now);
  // Ends an event whose packets have ceased. If they come again, they tell nothing new.
  DigitEvents on_time(TimePoint now);
  // The packets to come are of the same source, but numbered anew.
  void renumber() { newest_sequence_ = kNone; }
  TimePoint deadline() const { return active_ ? heard_at_ + kEventSilenceMax : kNever; }  // call on_time then
  bool active() const { return active_; }  // a digit is being held

 private:
  // An event of a packet, and where it begins.
  struct Heard {
    TelephoneEvent event;
    std::uint32_t timestamp;
    bool marker;
  };
  void take(const Heard& heard, TimePoint now, DigitEvents& out);
  bool continues(const Heard& heard) const;
  void begin(const Heard& heard, DigitEvents& out);
  void finish(DigitEvents& out);
  Millis millis(std::uint64_t ticks) const;

  static constexpr auto kNone = std::numeric_limits<std::int64_t>::min();
  std::uint32_t clock_rate_;  // Hz
  bool any_ = false;          // something was received: the fields below hold
  bool active_ = false;
  bool over_ = false;  // its end packet came; not so while it only pauses
  std::uint8_t event_ = 0;
  std::int64_t newest_sequence_ = kNone;
  std::uint32_t packed_at_ = 0;  // timestamp of the packet that was taken last, and how many events it held
  std::size_t packed_ = 0;
  std::uint32_t began_ = 0;     // timestamp of the whole event
  std::uint32_t segment_ = 0;   // timestamp of its present segment
  std::uint16_t duration_ = 0;  // longest heard of the present segment
  TimePoint heard_at_{};
};

}  // namespace portico::rtp
