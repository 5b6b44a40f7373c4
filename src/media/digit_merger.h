#pragma once
// One key press may be reported by RFC 4733 packets, by its tone in the audio and by SIP INFO: this folds the
// reports into one. A report is taken for another view of a press when that press has the same digit, came by
// other ways only and is not older than kDigitMergeWindow. Two reports that came the same way are always two
// presses. The port has one, which hears of all three, and the call one, which hears what the port tells and
// SIP INFO. One owner.

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "base/time.h"
#include "media/events.h"

namespace portico::media {

// SIP INFO trails the sound by a retransmission or two; longer than that, and a second press is likelier.
inline constexpr auto kDigitMergeWindow = Millis(1'000);

struct DigitReport {
  char digit = 0;  // 0-9 * # A-D
  DigitSource source = DigitSource::rfc4733;
  std::uint64_t noted = 0;  // in the call, of a press by SIP INFO: seq of the NoteDigit that tells the port
  // In the call, of a press that the port tells: it is no view of those noted up to here, nor of any that it
  // told before.
  std::optional<std::uint64_t> judged = {};
};
inline constexpr auto kNeverNoted = std::numeric_limits<std::uint64_t>::max();  // there was no port yet

class DigitMerger {
 public:
  // True when this is a new press, false when the press was reported already.
  bool is_new(TimePoint now, const DigitReport& report);

 private:
  struct Press {
    TimePoint at{};
    char digit = 0;
    unsigned char sources = 0;  // bit per DigitSource
    std::uint64_t noted = 0;
  };
  static constexpr std::size_t kRecentMax = 8;  // a thumb makes no nine presses a second
  std::vector<Press> recent_;                   // the oldest is overwritten; most calls have none
  std::size_t next_ = 0;                        // the oldest, once there are as many as there may be
};

}  // namespace portico::media
