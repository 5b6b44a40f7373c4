#pragma once
// ITU-T G.711: one octet a sample, 8 kHz. Thread-safe.

#include <cstdint>
#include <span>

#include "audio/pcm.h"
#include "base/bytes.h"

namespace portico::audio {

inline constexpr std::uint8_t kUlawSilence = 0xFF;
inline constexpr std::uint8_t kAlawSilence = 0xD5;

std::uint8_t ulaw_from_linear(std::int16_t sample);
std::int16_t linear_from_ulaw(std::uint8_t octet);
std::uint8_t alaw_from_linear(std::int16_t sample);
std::int16_t linear_from_alaw(std::uint8_t octet);

// Whole frames; `out` must be as long as the input.
void encode_ulaw(Samples in, std::span<std::uint8_t> out);
void decode_ulaw(ByteView in, std::span<std::int16_t> out);
void encode_alaw(Samples in, std::span<std::uint8_t> out);
void decode_alaw(ByteView in, std::span<std::int16_t> out);

}  // namespace portico::audio
