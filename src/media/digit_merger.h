#pragma once
// One key press may be reported by RFC 4733 packets, by its tone in the audio and by SIP INFO: this folds the
// reports into one. A report is taken for another view of a press when that press has the same digit, came by
// other ways only and is not older than kDigitMergeWindow. Two reports that came the same way are always two
// presses. The port and the call have one each, and both hear of all three. One owner.

#include <array>

#include "base/time.h"
#include "media/events.h"

namespace portico::media {

// SIP INFO trails the sound by a retransmission or two; longer than that, and a second press is likelier.
inline constexpr auto kDigitMergeWindow = Millis(1'000);

class DigitMerger {
 public:
  // True when this is a new press, false when the press was reported already.
  bool is_new(TimePoint now, char digit, DigitSource source);

 private:
  struct Press {
    TimePoint at{};
    char digit = 0;             // 0: unused
    unsigned char sources = 0;  // bit per DigitSource
  };
  std::array<Press, 8> recent_{};  // oldest is overwritten: a thumb makes no nine presses a second
  std::size_t next_ = 0;
};

}  // namespace portico::media
