#pragma once
// Changes the rate of a mono stream (speexdsp). One object a stream, one thread at a time.

#include <cstdint>
#include <memory>
#include <vector>

#include "audio/pcm.h"

struct SpeexResamplerState_;

namespace portico::audio {

class Resampler {
 public:
  // Both rates in Hz, 1,000..192,000.
  Resampler(unsigned from_rate, unsigned to_rate);
  ~Resampler();
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;

  // Appends what `in` gives to `out`. The filter's own delay is taken out at the start of the stream.
  void process(Samples in, std::vector<std::int16_t>& out);
  // Appends the tail still in the filter; the stream is over then.
  void finish(std::vector<std::int16_t>& out);

 private:
  struct Destroy {
    void operator()(SpeexResamplerState_* state) const;
  };
  std::unique_ptr<SpeexResamplerState_, Destroy> state_;  // null when the rates are the same
  double ratio_;
};

// The whole sound at once; returns it as it is when the rate is right already.
Pcm resample(Pcm sound, unsigned to_rate);

}  // namespace portico::audio
