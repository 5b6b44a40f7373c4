#include "audio/concealment.h"

#include <algorithm>
#include <cmath>

namespace portico::audio {
namespace {

constexpr std::size_t kHistoryMs = 30;
constexpr std::size_t kTemplateMs = 10;  // compared when looking for the pitch
constexpr std::size_t kPitchMinMs = 4;   // 250 Hz; higher voices are caught at a multiple
constexpr std::size_t kPitchMaxMs = 15;  // 66 Hz
constexpr std::size_t kSteadyMs = 10;    // at full level
constexpr std::size_t kFadeMs = 50;      // then down to nothing
constexpr std::size_t kReturnMs = 5;     // flow over into good samples

std::int16_t blend(std::int16_t from, std::int16_t to, std::size_t step, std::size_t steps) {
  const auto a = static_cast<std::int64_t>(from) * static_cast<std::int64_t>(steps - step);
  const auto b = static_cast<std::int64_t>(to) * static_cast<std::int64_t>(step);
  return static_cast<std::int16_t>((a + b) / static_cast<std::int64_t>(steps));
}

}  // namespace

Concealment::Concealment(unsigned rate) : per_ms_(rate / 1'000), history_(kHistoryMs * per_ms_, 0) {}

// The lag at which the last 10 ms resemble what was before them most (normalised cross-correlation).
std::size_t Concealment::find_pitch() const {
  const std::size_t length = kTemplateMs * per_ms_;
  const std::int16_t* last = history_.data() + history_.size() - length;
  std::size_t best = kPitchMaxMs * per_ms_;
  double best_score = 0;
  for (std::size_t lag = kPitchMinMs * per_ms_; lag <= kPitchMaxMs * per_ms_; ++lag) {
    std::int64_t product = 0;
    std::int64_t energy = 1;
    for (std::size_t i = 0; i < length; ++i) {
      const std::int64_t before = *(last + i - lag);
      product += before * last[i];
      energy += before * before;
    }
    const double score = static_cast<double>(product) / std::sqrt(static_cast<double>(energy));
    if (score > best_score) {
      best_score = score;
      best = lag;
    }
  }
  return best;
}

void Concealment::make_cycle() {
  const std::size_t pitch = find_pitch();
  const auto end = history_.end();
  cycle_.assign(end - static_cast<std::ptrdiff_t>(pitch), end);
  const std::size_t overlap = pitch / 4;
  for (std::size_t i = 0; i < overlap; ++i) {
    const std::size_t at = pitch - overlap + i;
    cycle_[at] = blend(cycle_[at], history_[history_.size() - pitch - overlap + i], i + 1, overlap + 1);
  }
  at_ = 0;
}

std::int16_t Concealment::next_sample() {
  const std::size_t steady = kSteadyMs * per_ms_;
  const std::size_t fade = kFadeMs * per_ms_;
  const std::size_t into_fade = std::min(missing_ < steady ? 0 : missing_ - steady, fade);
  const auto sample = blend(cycle_[at_], 0, into_fade, fade);
  at_ = (at_ + 1) % cycle_.size();
  ++missing_;
  return sample;
}

void Concealment::remember(std::span<const std::int16_t> samples) {
  const std::size_t fresh = std::min(samples.size(), history_.size());
  std::copy(history_.begin() + static_cast<std::ptrdiff_t>(fresh), history_.end(), history_.begin());
  std::copy(samples.end() - static_cast<std::ptrdiff_t>(fresh), samples.end(),
            history_.end() - static_cast<std::ptrdiff_t>(fresh));
}

void Concealment::fill(std::span<std::int16_t> out) {
  if (missing_ == 0) make_cycle();
  for (auto& sample : out) sample = next_sample();
}

void Concealment::on_good(std::span<std::int16_t> samples) {
  if (missing_ != 0) {
    const std::size_t steps = std::min(samples.size(), kReturnMs * per_ms_);
    for (std::size_t i = 0; i < steps; ++i) samples[i] = blend(next_sample(), samples[i], i + 1, steps);
    missing_ = 0;
  }
  remember(samples);
}

}  // namespace portico::audio
