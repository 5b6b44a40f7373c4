#pragma once
// The fixed numbers of a 20 ms frame. Values only; any thread.

#include <cstddef>
#include <cstdint>

#include "base/codec.h"

namespace portico::audio {

inline constexpr unsigned kFrameMs = 20;  // every frame that we encode

// Rate of the linear samples that go in and come out, in Hz. Opus runs at 16 kHz inside whatever its RTP
// clock says.
constexpr unsigned sample_rate(Codec codec) {
  return codec == Codec::pcmu || codec == Codec::pcma ? 8'000U : 16'000U;
}
constexpr std::size_t frame_samples(Codec codec) {
  return std::size_t{sample_rate(codec)} / 1'000 * kFrameMs;
}
constexpr std::uint32_t frame_ticks(Codec codec) { return rtp_clock_rate(codec) / 1'000 * kFrameMs; }

}  // namespace portico::audio
