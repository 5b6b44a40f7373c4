#pragma once
// Hears keys in audio (spandsp, ITU-T Q.24). One object a stream, one thread at a time.

#include <memory>
#include <optional>

#include "audio/pcm.h"
#include "audio/resampler.h"

namespace portico::audio {

class DtmfDetector {
 public:
  explicit DtmfDetector(unsigned rate);  // 8,000 or 16,000 Hz
  ~DtmfDetector();
  DtmfDetector(const DtmfDetector&) = delete;
  DtmfDetector& operator=(const DtmfDetector&) = delete;

  // A block of up to 40 ms. Gives a key once a press, about 40 ms after its tone began.
  std::optional<char> on_samples(Samples block);

 private:
  struct Receiver;
  std::unique_ptr<Receiver> receiver_;
  std::optional<Resampler> resampler_;  // spandsp listens at 8 kHz
  std::vector<std::int16_t> narrow_;
};

}  // namespace portico::audio
