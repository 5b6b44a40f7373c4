#pragma once
// How loud one frequency is in a block of samples, and how loud the block is. Thread-safe.

#include "audio/pcm.h"

namespace portico::audio {

// Amplitude (0..32767) of the sine of `hz` in the block, by Goertzel's algorithm. Sharper the longer the
// block: two frequencies are told apart when they differ by more than about rate / size.
double tone_amplitude(Samples block, unsigned rate, double hz);
// Share 0..1 of the block's energy that is at `hz`; near 1 for a pure tone. 0 for silence.
double tone_share(Samples block, unsigned rate, double hz);

double rms(Samples block);  // 0..32768
// Level in dB below digital full scale (a square wave at full scale is 0); -96 for silence.
double level_dbov(Samples block);

// What counts as silence of a party: line noise lies below, quiet speech above.
inline constexpr double kSilenceDbov = -45.0;
bool is_silence(Samples block);  // cheap: integers only

}  // namespace portico::audio
