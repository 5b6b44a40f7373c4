#include "audio/goertzel.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace portico::audio {
namespace {

constexpr std::int64_t kSilenceMeanSquare = 33'954;  // (32768 * 10^(-45/20))^2

std::int64_t energy(Samples block) {
  std::int64_t sum = 0;
  for (const auto sample : block) sum += static_cast<std::int64_t>(sample) * sample;
  return sum;
}

}  // namespace

double tone_amplitude(Samples block, unsigned rate, double hz) {
  if (block.empty()) return 0;
  const double omega = 2 * std::numbers::pi * hz / rate;
  const double coefficient = 2 * std::cos(omega);
  double s1 = 0;
  double s2 = 0;
  for (const auto sample : block) {
    const double s0 = sample + coefficient * s1 - s2;
    s2 = s1;
    s1 = s0;
  }
  const double power = std::max(0.0, s1 * s1 + s2 * s2 - coefficient * s1 * s2);
  return 2 * std::sqrt(power) / static_cast<double>(block.size());
}

double tone_share(Samples block, unsigned rate, double hz) {
  const auto total = static_cast<double>(energy(block));
  if (total <= 0) return 0;
  const double amplitude = tone_amplitude(block, rate, hz);
  return std::min(1.0, amplitude * amplitude / 2 * static_cast<double>(block.size()) / total);
}

double rms(Samples block) {
  if (block.empty()) return 0;
  return std::sqrt(static_cast<double>(energy(block)) / static_cast<double>(block.size()));
}

double level_dbov(Samples block) {
  const double value = rms(block);
  return value <= 0.52 ? -96.0 : 20 * std::log10(value / 32'768);
}

bool is_silence(Samples block) {
  return energy(block) < kSilenceMeanSquare * static_cast<std::int64_t>(block.size()) || block.empty();
}

}  // namespace portico::audio
