#include "audio/tones.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

namespace portico::audio {
namespace {

constexpr std::string_view kKeys = "123A456B789C*0#D";
constexpr double kRows[] = {697, 770, 852, 941};
constexpr double kColumns[] = {1'209, 1'336, 1'477, 1'633};
constexpr double kTurn = 2 * std::numbers::pi;

std::size_t samples_in(unsigned rate, std::chrono::milliseconds length) {
  return static_cast<std::size_t>(std::max<std::int64_t>(0, length.count())) * rate / 1'000;
}

double sine(double& phase, double step) {
  if (step <= 0) return 0;
  const double value = std::sin(phase);
  phase += step;
  if (phase >= kTurn) phase -= kTurn;
  return value;
}

Pcm make_tone(unsigned rate, TonePair pair, std::chrono::milliseconds length, double amplitude) {
  Pcm out = make_silence(rate, length);
  Oscillator(rate, pair, amplitude).add_to(out.samples);
  return out;
}

}  // namespace

std::int16_t mix(std::int16_t a, std::int16_t b) {
  return static_cast<std::int16_t>(std::clamp(static_cast<int>(a) + b, -32'768, 32'767));
}

std::optional<TonePair> dtmf_pair(char digit) {
  const char upper = digit >= 'a' && digit <= 'd' ? static_cast<char>(digit - 'a' + 'A') : digit;
  const auto at = kKeys.find(upper);
  if (at == std::string_view::npos || upper == '\0') return std::nullopt;
  return TonePair{.low_hz = kRows[at / 4], .high_hz = kColumns[at % 4]};
}

Oscillator::Oscillator(unsigned rate, TonePair pair, double amplitude)
    : low_step_(kTurn * pair.low_hz / rate), high_step_(kTurn * pair.high_hz / rate), amplitude_(amplitude) {}

void Oscillator::add_to(std::span<std::int16_t> block) {
  for (auto& sample : block) {
    const double value = amplitude_ * (sine(low_phase_, low_step_) + sine(high_phase_, high_step_));
    sample = mix(sample, static_cast<std::int16_t>(std::clamp(std::lround(value), -32'768L, 32'767L)));
  }
}

Pcm make_sine(unsigned rate, double hz, std::chrono::milliseconds length, double amplitude) {
  return make_tone(rate, TonePair{.low_hz = hz, .high_hz = 0}, length, amplitude);
}

Pcm make_dtmf(unsigned rate, char digit, std::chrono::milliseconds length) {
  const auto pair = dtmf_pair(digit);
  if (!pair) return Pcm{.rate = rate, .samples = {}};
  return make_tone(rate, *pair, length, kDtmfAmplitude);
}

Pcm make_silence(unsigned rate, std::chrono::milliseconds length) {
  return Pcm{.rate = rate, .samples = std::vector<std::int16_t>(samples_in(rate, length), 0)};
}

Pcm make_ringback(unsigned rate) {
  using std::chrono::milliseconds;
  auto out =
      make_tone(rate, TonePair{.low_hz = 440, .high_hz = 480}, milliseconds(2'000), kRingbackAmplitude);
  out.samples.resize(samples_in(rate, milliseconds(6'000)), 0);
  return out;
}

}  // namespace portico::audio
