#pragma once
// The text of a SendDtmf as a row of tones and silences (bxml.md SendDtmf). Pure; any thread.

#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace portico::media {

struct DigitStep {
  char digit = 0;  // 0: silence
  Millis duration{0};

  friend bool operator==(const DigitStep&, const DigitStep&) = default;
};

// Each tone is followed by `interval` of silence, the last one too; pause characters behind a tone replace it
// and add up. Letters become upper case. Code::invalid: other characters, none, more than
// limits::kSendDigitsMax, or durations out of 50..5000 ms.
Result<std::vector<DigitStep>> read_digits(std::string_view text, Millis duration, Millis interval);

}  // namespace portico::media
