#include "media/digit_merger.h"

namespace portico::media {

bool DigitMerger::is_new(TimePoint now, const DigitReport& report) {
  const auto bit = static_cast<unsigned char>(1U << static_cast<unsigned>(report.source));
  // Oldest first: of two quick presses of a key the late report belongs to the earlier one.
  for (std::size_t i = 0; i < recent_.size(); ++i) {
    Press& press = recent_[(next_ + i) % recent_.size()];
    const bool other_view = press.digit == report.digit && (press.sources & bit) == 0;
    if (report.judged && press.noted <= *report.judged) continue;
    if (other_view && now - press.at <= kDigitMergeWindow) {
      press.sources = static_cast<unsigned char>(press.sources | bit);
      return false;
    }
  }
  const Press press{.at = now, .digit = report.digit, .sources = bit, .noted = report.noted};
  if (recent_.size() < kRecentMax) {
    recent_.push_back(press);
  } else {
    recent_[next_] = press;
    next_ = (next_ + 1) % kRecentMax;
  }
  return true;
}

}  // namespace portico::media
