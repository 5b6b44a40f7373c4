#include "media/digit_merger.h"

namespace portico::media {

bool DigitMerger::is_new(TimePoint now, char digit, DigitSource source) {
  const auto bit = static_cast<unsigned char>(1U << static_cast<unsigned>(source));
  // Oldest first: of two quick presses of a key the late report belongs to the earlier one.
  for (std::size_t i = 0; i < recent_.size(); ++i) {
    Press& press = recent_[(next_ + i) % recent_.size()];
    const bool other_view = press.digit == digit && (press.sources & bit) == 0;
    if (other_view && now - press.at <= kDigitMergeWindow) {
      press.sources = static_cast<unsigned char>(press.sources | bit);
      return false;
    }
  }
  recent_[next_] = Press{.at = now, .digit = digit, .sources = bit};
  next_ = (next_ + 1) % recent_.size();
  return true;
}

}  // namespace portico::media
