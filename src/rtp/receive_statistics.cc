#include "rtp/receive_statistics.h"

#include <algorithm>

namespace portico::rtp {
namespace {

constexpr std::uint16_t kDropoutMax = 3'000;  // RFC 3550 appendix A.1
constexpr std::uint16_t kMisorderMax = 100;
// Who starts anew has stopped before: what jumps while the numbers go on is somebody else's.
constexpr auto kRestartSilence = 80ms;
constexpr std::uint32_t kNoJump = 0x1'0000;  // no 16-bit number equals it
constexpr std::int64_t kLostMax = 0x7F'FFFF;

}  // namespace

void ReceiveStatistics::restart(std::uint16_t sequence) {
  started_ = true;
  highest_ = sequence;
  base_ = sequence;
  cycles_ = 0;
  expected_jump_ = kNoJump;
  received_ = 0;
  expected_before_ = 0;
  received_before_ = 0;
  has_transit_ = false;
}

ReceiveStatistics::Verdict ReceiveStatistics::on_packet(std::uint16_t sequence,
                                                        std::optional<std::uint32_t> timestamp,
                                                        TimePoint arrival) {
  auto verdict = Verdict::in_order;
  if (!started_) {
    restart(sequence);
  } else if (const auto ahead = static_cast<std::uint16_t>(sequence - highest_);
             ahead == 0 || ahead > 0x1'0000 - kMisorderMax) {
    verdict = Verdict::late;
  } else if (ahead < kDropoutMax) {
    if (sequence < highest_) cycles_ += 0x1'0000;
    highest_ = sequence;
    expected_jump_ = kNoJump;
  } else if (sequence == expected_jump_ && arrival - newest_at_ >= kRestartSilence) {
    restart(sequence);
    verdict = Verdict::restarted;
  } else {
    expected_jump_ = (sequence + 1U) & 0xFFFF;
    return Verdict::jumped;
  }
  if (verdict != Verdict::late) newest_at_ = arrival;
  ++received_;
  if (timestamp) update_jitter(*timestamp, arrival);
  return verdict;
}

void ReceiveStatistics::update_jitter(std::uint32_t timestamp, TimePoint arrival) {
  const auto micros =
      std::chrono::duration_cast<std::chrono::microseconds>(arrival.time_since_epoch()).count();
  // Both differences are modulo 2^32, as timestamps are; the product stays below 2^63 for 6 years of uptime
  // at 48 kHz.
  const auto ticks = static_cast<std::uint32_t>(static_cast<std::uint64_t>(micros) * clock_rate_ / 1'000'000);
  const std::uint32_t transit = ticks - timestamp;
  if (has_transit_) {
    const auto change = static_cast<std::int32_t>(transit - transit_);
    const std::uint32_t size =
        change < 0 ? 0U - static_cast<std::uint32_t>(change) : static_cast<std::uint32_t>(change);
    jitter_scaled_ += size - ((jitter_scaled_ + 8) >> 4);
  }
  transit_ = transit;
  has_transit_ = true;
}

void ReceiveStatistics::set_clock(std::uint32_t clock_rate) {
  if (clock_rate != clock_rate_) jitter_scaled_ = 0;
  clock_rate_ = clock_rate;
  has_transit_ = false;
}

void ReceiveStatistics::on_sender_report(const NtpTime& sent, TimePoint arrival) {
  last_sr_ = sent.middle();
  last_sr_at_ = arrival;
}

std::uint64_t ReceiveStatistics::expected() const {
  return started_ ? std::uint64_t{extended_highest()} - base_ + 1 : 0;
}

std::int64_t ReceiveStatistics::lost() const {
  return static_cast<std::int64_t>(expected()) - static_cast<std::int64_t>(received_);
}

Duration ReceiveStatistics::jitter() const {
  return std::chrono::duration_cast<Duration>(
      std::chrono::nanoseconds(jitter_ticks() * 1'000'000'000ULL / clock_rate_));
}

ReportBlock ReceiveStatistics::make_report(std::uint32_t ssrc, TimePoint now) {
  const auto expected_now = expected();
  const auto expected_interval = static_cast<std::int64_t>(expected_now - expected_before_);
  const auto received_interval = static_cast<std::int64_t>(received_ - received_before_);
  expected_before_ = expected_now;
  received_before_ = received_;
  const auto lost_interval = expected_interval - received_interval;

  ReportBlock block{.ssrc = ssrc, .extended_highest = extended_highest(), .jitter = jitter_ticks()};
  if (expected_interval > 0 && lost_interval > 0) {
    block.fraction_lost =
        static_cast<std::uint8_t>(std::min<std::int64_t>(255, lost_interval * 256 / expected_interval));
  }
  block.cumulative_lost =
      static_cast<std::int32_t>(std::clamp<std::int64_t>(lost(), -kLostMax - 1, kLostMax));
  if (last_sr_ != 0) {
    block.last_sr = last_sr_;
    block.delay_since_last_sr = to_ntp_short(now - last_sr_at_);
  }
  return block;
}

}  // namespace portico::rtp
