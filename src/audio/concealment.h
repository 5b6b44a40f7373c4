#pragma once
// Loss concealment for waveform codecs in the manner of G.711 appendix I: the last pitch period goes on,
// fading out within 60 ms, and flows over into the next good samples. One object a stream, one thread at a
// time. Our own, since spandsp's copies overlapping memory.

#include <cstdint>
#include <span>
#include <vector>

namespace portico::audio {

class Concealment {
 public:
  explicit Concealment(unsigned rate);            // Hz
  void on_good(std::span<std::int16_t> samples);  // smooths their start after a loss
  void fill(std::span<std::int16_t> out);

 private:
  std::size_t find_pitch() const;
  void make_cycle();
  std::int16_t next_sample();
  void remember(std::span<const std::int16_t> samples);

  std::size_t per_ms_;                 // samples
  std::vector<std::int16_t> history_;  // the last 30 ms heard
  std::vector<std::int16_t> cycle_;    // one pitch period whose end flows into its start
  std::size_t at_ = 0;                 // in cycle_
  std::size_t missing_ = 0;            // samples made up since the last good one
};

}  // namespace portico::audio
