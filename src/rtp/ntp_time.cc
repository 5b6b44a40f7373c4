#include <algorithm>
#include <limits>

#include "rtp/rtcp.h"

namespace portico::rtp {
namespace {

constexpr std::int64_t kSeconds1900To1970 = 2'208'988'800;
constexpr std::int64_t kEra = std::int64_t{1} << 32;  // seconds

}  // namespace

NtpTime to_ntp(WallTime time) {
  const auto millis = time.time_since_epoch().count();
  const auto whole = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  const auto rest = static_cast<std::uint64_t>(millis - whole * 1000);
  return {.seconds = static_cast<std::uint32_t>(whole + kSeconds1900To1970),
          .fraction = static_cast<std::uint32_t>((rest << 32) / 1000)};
}

WallTime from_ntp(NtpTime time) {
  std::int64_t seconds = std::int64_t{time.seconds} - kSeconds1900To1970;
  if (time.seconds < 0x8000'0000U) seconds += kEra;  // era 1 begins in 2036; era 0 is read from 1968 on
  const auto millis = (static_cast<std::uint64_t>(time.fraction) * 1000 + 0x8000'0000U) >> 32;
  return WallTime{Millis(seconds * 1000 + static_cast<std::int64_t>(millis))};
}

std::uint32_t to_ntp_short(Duration duration) {
  if (duration <= Duration::zero()) return 0;
  if (duration >= std::chrono::seconds(65'536)) return std::numeric_limits<std::uint32_t>::max();
  const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(nanos) * 65'536 / 1'000'000'000);
}

std::optional<Millis> round_trip(const ReportBlock& block, NtpTime now) {
  if (block.last_sr == 0) return std::nullopt;
  const std::uint32_t since = now.middle() - block.last_sr;
  if (since < block.delay_since_last_sr || since >= 0x8000'0000U) return std::nullopt;
  return Millis(static_cast<std::int64_t>(since - block.delay_since_last_sr) * 1000 / 65'536);
}

}  // namespace portico::rtp
