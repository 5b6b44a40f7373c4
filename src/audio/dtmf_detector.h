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

  // A block of up to 40 ms. Gives a key once a press, about 40 ms after its tone began. The same key is
  // pressed again once the sound has fallen by 10 dB for 10 ms.
  std::optional<char> on_samples(Samples block);

 private:
  struct Receiver;
  void measure(Samples piece);
  bool is_pressed_anew(char key);

  std::unique_ptr<Receiver> receiver_;
  std::optional<Resampler> resampler_;  // spandsp listens at 8 kHz
  std::vector<std::int16_t> narrow_;
  char told_ = 0;                   // the key told last
  bool fell_ = false;               // since then
  std::int64_t told_energy_ = 0;    // of the window before it was told
  std::int64_t window_energy_ = 0;  // of the last whole window
  std::int64_t energy_ = 0;         // of the present one
  std::size_t in_window_ = 0;       // samples
};

}  // namespace portico::audio
