#pragma once
// When the oldest rows of a log are due to go. Trimming at each row would cost more than the row, so it is
// done once in kEvery rows of one owner: a log holds at most its limit and kEvery - 1 rows more, which a
// list of admissions does not show.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace portico::store::sqlite {

class LogTrimming {
 public:
  static constexpr std::uint32_t kEvery = 128;
  static constexpr std::size_t kOwnersMax = 65'536;

  // True when the log of `owner` should be trimmed now.
  bool due(std::string_view owner) {
    if (rows_.size() >= kOwnersMax) rows_.clear();
    // The first row too: rows of an earlier run of the process are not counted.
    return rows_[std::string(owner)]++ % kEvery == 0;
  }

 private:
  std::unordered_map<std::string, std::uint32_t> rows_;
};

struct LogTrimmings {
  LogTrimming admissions;  // by application
  LogTrimming exchanges;   // by account
};

}  // namespace portico::store::sqlite
