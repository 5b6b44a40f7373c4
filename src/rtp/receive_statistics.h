#pragma once
// What one source's packets tell: loss, jitter and the report block made of them (RFC 3550 sections 6.4.1,
// A.1, A.3, A.8). One object a source (SSRC); one thread. A first packet counts at once: whether to believe a
// source is not asked here.

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "rtp/rtcp.h"

namespace portico::rtp {

class ReceiveStatistics {
 public:
  explicit ReceiveStatistics(std::uint32_t clock_rate) : clock_rate_(clock_rate) {}

  enum class Verdict : std::uint8_t {
    in_order,   // newer than all before
    late,       // reordered or a duplicate
    jumped,     // far away: not believed until the next one follows it
    restarted,  // the second of two far away, after silence: the source has started anew, statistics with it
  };
  // `timestamp`: none where it says nothing of the jitter: a telephone-event repeats its own, and a payload
  // of another clock cannot be compared (RFC 7160 section 4).
  Verdict on_packet(std::uint16_t sequence, std::optional<std::uint32_t> timestamp, TimePoint arrival);
  void on_sender_report(const NtpTime& sent, TimePoint arrival);

  // The timestamps to come are of another clock, maybe of the same rate; if not, jitter begins anew.
  void set_clock(std::uint32_t clock_rate);

  // Closes the interval since the last call.
  ReportBlock make_report(std::uint32_t ssrc, TimePoint now);

  std::uint64_t received() const { return received_; }
  std::uint64_t expected() const;
  std::int64_t lost() const;  // negative when duplicates came
  // A number near the highest one, without its wraps; below 0 for one from before the first cycle.
  std::int64_t extend(std::uint16_t sequence) const {
    return std::int64_t{extended_highest()} + static_cast<std::int16_t>(sequence - highest_);
  }
  std::uint32_t extended_highest() const { return cycles_ + highest_; }
  std::uint32_t jitter_ticks() const { return static_cast<std::uint32_t>(jitter_scaled_ >> 4); }
  Duration jitter() const;

 private:
  void restart(std::uint16_t sequence);
  void update_jitter(std::uint32_t timestamp, TimePoint arrival);

  std::uint32_t clock_rate_;  // Hz
  bool started_ = false;
  std::uint16_t highest_ = 0;
  std::uint32_t cycles_ = 0;         // wraps, times 65536
  std::uint32_t base_ = 0;           // first sequence number
  std::uint32_t expected_jump_ = 0;  // the number that would confirm a jump; 65536 and above: none
  TimePoint newest_at_{};            // when the stream last went on
  std::uint64_t received_ = 0;
  std::uint64_t expected_before_ = 0;
  std::uint64_t received_before_ = 0;
  bool has_transit_ = false;
  std::uint32_t transit_ = 0;
  std::uint64_t jitter_scaled_ = 0;  // times 16
  std::uint32_t last_sr_ = 0;        // middle 32 bits of its NTP time; 0: none yet
  TimePoint last_sr_at_{};
};

}  // namespace portico::rtp
