#pragma once
// Tones made by us: ringing, keys, sines for tests. Thread-safe but for an Oscillator, which has one owner.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "audio/pcm.h"

namespace portico::audio {

// Amplitudes as samples. A full-scale sine is +3.14 dBm0 (ITU-T G.711).
inline constexpr double kDtmfAmplitude = 7'200;      // -10 dBm0 each frequency
inline constexpr double kRingbackAmplitude = 2'560;  // -19 dBm0 each frequency

struct TonePair {
  double low_hz = 0;
  double high_hz = 0;
};
// ITU-T Q.23. Digits 0-9 * # A-D a-d; none for other characters.
std::optional<TonePair> dtmf_pair(char digit);

// One or two sines with a phase that runs on from block to block. A frequency of 0 is left out.
class Oscillator {
 public:
  Oscillator(unsigned rate, TonePair pair, double amplitude);
  void add_to(std::span<std::int16_t> block);  // saturating

 private:
  double low_step_;
  double high_step_;
  double low_phase_ = 0;
  double high_phase_ = 0;
  double amplitude_;
};

Pcm make_sine(unsigned rate, double hz, std::chrono::milliseconds length, double amplitude = 10'000);
Pcm make_dtmf(unsigned rate, char digit,
              std::chrono::milliseconds length);  // empty for a character that is no digit
Pcm make_silence(unsigned rate, std::chrono::milliseconds length);
// North American ringing, bxml.md Ring: 440 + 480 Hz, 2 s on, 4 s off. One round of 6 s, to be looped.
Pcm make_ringback(unsigned rate);

// a + b without wrapping round.
std::int16_t mix(std::int16_t a, std::int16_t b);

}  // namespace portico::audio
