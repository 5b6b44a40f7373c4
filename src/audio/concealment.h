#pragma once
// Loss concealment for waveform codecs: repeats the last pitch period, fading out within 50 ms (as in G.711
// appendix I).

#include <spandsp.h>

#include <cstdint>
#include <span>

namespace portico::audio {

class Concealment {
 public:
  Concealment();
  void on_good(std::span<std::int16_t> samples);  // may smooth their start after a loss
  void fill(std::span<std::int16_t> out);

 private:
  plc_state_t plc_{};
};

}  // namespace portico::audio
