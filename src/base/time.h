#pragma once
// Time is an argument. Durations and deadlines use TimePoint (monotonic); WallTime is for people and the
// wire.

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace portico {

using namespace std::chrono_literals;

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;
using Millis = std::chrono::milliseconds;
using WallTime = std::chrono::time_point<std::chrono::system_clock, Millis>;

inline constexpr TimePoint kNever = TimePoint::max();

// Both clocks read at once; made by the owner of a loop and handed down.
struct Now {
  TimePoint mono;
  WallTime wall;
};
Now read_clocks();

// "2026-08-01T09:00:00.120Z"
std::string to_iso8601(WallTime time);
Result<WallTime> parse_iso8601(std::string_view text);
// "PT20.056S" (contract webhooks.md section 2)
std::string to_iso8601_duration(Millis duration);

}  // namespace portico
