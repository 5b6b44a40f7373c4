#include "audio/resampler.h"

#include <speex/speex_resampler.h>

#include <algorithm>
#include <new>

namespace portico::audio {
namespace {

constexpr int kQuality = 5;            // speexdsp's scale 0..10; 5 is far above what telephony can tell
constexpr std::size_t kBlock = 4'096;  // input samples a turn
constexpr std::size_t kMargin = 64;    // rounding of the output length

}  // namespace

void Resampler::Destroy::operator()(SpeexResamplerState_* state) const { speex_resampler_destroy(state); }

Resampler::Resampler(unsigned from_rate, unsigned to_rate)
    : ratio_(static_cast<double>(to_rate) / static_cast<double>(from_rate)) {
  if (from_rate == to_rate) return;
  int error = RESAMPLER_ERR_SUCCESS;
  state_.reset(speex_resampler_init(1, from_rate, to_rate, kQuality, &error));
  if (!state_) throw std::bad_alloc();
  speex_resampler_skip_zeros(state_.get());
}
Resampler::~Resampler() = default;
Resampler::Resampler(Resampler&&) noexcept = default;
Resampler& Resampler::operator=(Resampler&&) noexcept = default;

void Resampler::process(Samples in, std::vector<std::int16_t>& out) {
  if (!state_) {
    out.insert(out.end(), in.begin(), in.end());
    return;
  }
  while (!in.empty()) {
    const auto block = in.first(std::min(in.size(), kBlock));
    auto taken = static_cast<spx_uint32_t>(block.size());
    auto made = static_cast<spx_uint32_t>(static_cast<double>(block.size()) * ratio_) + kMargin;
    const auto before = out.size();
    out.resize(before + made);
    auto given = static_cast<spx_uint32_t>(made);
    speex_resampler_process_int(state_.get(), 0, block.data(), &taken, out.data() + before, &given);
    out.resize(before + given);
    in = in.subspan(taken);
  }
}

void Resampler::finish(std::vector<std::int16_t>& out) {
  if (!state_) return;
  const std::vector<std::int16_t> zeros(
      static_cast<std::size_t>(speex_resampler_get_input_latency(state_.get())), 0);
  process(zeros, out);
}

Pcm resample(Pcm sound, unsigned to_rate) {
  if (sound.rate == to_rate) return sound;
  Resampler resampler(sound.rate, to_rate);
  Pcm out{.rate = to_rate, .samples = {}};
  out.samples.reserve(sound.samples.size() * to_rate / sound.rate + 2 * kMargin);
  resampler.process(sound.samples, out.samples);
  resampler.finish(out.samples);
  return out;
}

}  // namespace portico::audio
