#include "base/time.h"

#include <cstdio>
#include <ctime>

namespace portico {

Now read_clocks() {
  return {.mono = Clock::now(),
          .wall = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now())};
}

std::string to_iso8601(WallTime time) {
  const auto since_epoch = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto millis = static_cast<int>((since_epoch - seconds).count());
  const std::time_t t = seconds.count();
  std::tm tm{};
  gmtime_r(&t, &tm);
  char text[64];
  const int n = std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
                              tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, millis);
  return {text, static_cast<std::size_t>(n)};
}

Result<WallTime> parse_iso8601(std::string_view text) {
  // Accepts "YYYY-MM-DDTHH:MM:SS[.fraction](Z|+00:00)"; other offsets are not used by the contract.
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  int used = 0;
  const std::string owned(text.substr(0, 64));
  if (std::sscanf(owned.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u%n", &year, &month, &day, &hour, &minute, &second,
                  &used) != 6) {
    return fail(Code::invalid, "not an ISO 8601 time such as 2026-08-01T09:00:00.000Z");
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59)
    return fail(Code::invalid, "there is no such date or time of day");
  long millis = 0;
  std::size_t i = static_cast<std::size_t>(used);
  if (i < owned.size() && owned[i] == '.') {
    long scale = 100;
    for (++i; i < owned.size() && owned[i] >= '0' && owned[i] <= '9'; ++i) {
      millis += (owned[i] - '0') * scale;
      scale /= 10;
    }
  }
  const std::string_view zone = std::string_view(owned).substr(i);
  if (zone != "Z" && zone != "z" && zone != "+00:00")
    return fail(Code::invalid, "time must be UTC, ending in Z");
  return WallTime(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                  std::chrono::minutes(minute) + std::chrono::seconds(second) + Millis(millis));
}

std::string to_iso8601_duration(Millis duration) {
  const auto ms = duration.count() < 0 ? 0 : duration.count();
  std::string text = "PT" + std::to_string(ms / 1000);
  if (ms % 1000 != 0) {
    char fraction[8];
    std::snprintf(fraction, sizeof fraction, ".%03d", static_cast<int>(ms % 1000));
    text += fraction;
    while (text.back() == '0') text.pop_back();
  }
  return text + "S";
}

}  // namespace portico
