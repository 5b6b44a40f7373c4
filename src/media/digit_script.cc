#include "media/digit_script.h"

#include "audio/tones.h"
#include "base/limits.h"

namespace portico::media {
namespace {

constexpr auto kToneMin = Millis(50);
constexpr auto kToneMax = Millis(5'000);

Millis pause_of(char c) {
  if (c == ',' || c == 'w') return Millis(500);
  return c == 'W' ? Millis(1'000) : Millis(0);
}

bool in_range(Millis duration) { return duration >= kToneMin && duration <= kToneMax; }

}  // namespace

Result<std::vector<DigitStep>> read_digits(std::string_view text, Millis duration, Millis interval) {
  if (text.empty() || text.size() > limits::kSendDigitsMax)
    return fail(Code::invalid, "digits: 1 to 50 characters");
  if (!in_range(duration) || !in_range(interval)) return fail(Code::invalid, "tone times: 50 to 5000 ms");
  std::vector<DigitStep> steps;
  bool after_tone = false;  // the last step is the interval that pauses replace
  for (const char c : text) {
    const auto pause = pause_of(c);
    if (pause != Millis(0)) {
      if (after_tone) steps.pop_back();
      after_tone = false;
      if (!steps.empty() && steps.back().digit == 0) {
        steps.back().duration += pause;
      } else {
        steps.push_back({.digit = 0, .duration = pause});
      }
      continue;
    }
    if (!audio::dtmf_pair(c)) return fail(Code::invalid, std::string("not a digit or pause: ") + c);
    const char upper = c >= 'a' && c <= 'd' ? static_cast<char>(c - 'a' + 'A') : c;
    steps.push_back({.digit = upper, .duration = duration});
    steps.push_back({.digit = 0, .duration = interval});
    after_tone = true;
  }
  return steps;
}

}  // namespace portico::media
