#pragma once
// The codecs of voice-applications.md section 5.5 and their fixed numbers. Values only; any thread.

#include <cstddef>
#include <cstdint>

#include "base/codec.h"

namespace portico::audio {

using CodecId = Codec;

inline constexpr int kFrameMs = 20;  // every frame that we encode

// Rate of the linear samples that go in and come out, in Hz. Opus runs at 16 kHz inside whatever its RTP
// clock says.
constexpr unsigned sample_rate(CodecId codec) {
  return codec == CodecId::pcmu || codec == CodecId::pcma ? 8'000U : 16'000U;
}
// RTP clock in Hz: G.722 counts 8,000 (RFC 3551 section 4.5.2), Opus 48,000 (RFC 7587 section 4.1).
constexpr unsigned clock_rate(CodecId codec) { return codec == CodecId::opus ? 48'000U : 8'000U; }

constexpr std::size_t frame_samples(CodecId codec) { return sample_rate(codec) / 1'000U * kFrameMs; }
constexpr std::uint32_t frame_ticks(CodecId codec) { return clock_rate(codec) / 1'000U * kFrameMs; }

}  // namespace portico::audio
