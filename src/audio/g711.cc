#include "audio/g711.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>

namespace portico::audio {
namespace {

constexpr int kUlawBias = 132;  // 33 in the 14-bit scale of G.711 table 2
constexpr int kUlawClip = 32'635;

constexpr std::int16_t expand_ulaw(unsigned octet) {
  const unsigned u = ~octet & 0xFFU;
  const int magnitude =
      static_cast<int>((((u & 0x0FU) << 3U) + kUlawBias) << ((u & 0x70U) >> 4U)) - kUlawBias;
  return static_cast<std::int16_t>((u & 0x80U) != 0 ? -magnitude : magnitude);
}

constexpr std::int16_t expand_alaw(unsigned octet) {
  const unsigned a = octet ^ 0x55U;  // even bits are inverted on the line
  const unsigned segment = (a & 0x70U) >> 4U;
  const unsigned base = (a & 0x0FU) << 4U;
  const int magnitude = static_cast<int>(segment == 0 ? base + 8U : (base + 0x108U) << (segment - 1U));
  return static_cast<std::int16_t>((a & 0x80U) != 0 ? magnitude : -magnitude);
}

template <typename Expand>
constexpr std::array<std::int16_t, 256> table(Expand expand) {
  std::array<std::int16_t, 256> out{};
  for (unsigned i = 0; i < out.size(); ++i) out[i] = expand(i);
  return out;
}
constexpr auto kUlaw = table(expand_ulaw);
constexpr auto kAlaw = table(expand_alaw);

}  // namespace

std::uint8_t ulaw_from_linear(std::int16_t sample) {
  const unsigned sign = sample < 0 ? 0x80U : 0U;
  const int size = sample < 0 ? -static_cast<int>(sample) : static_cast<int>(sample);
  const auto biased = static_cast<unsigned>(std::min(size, kUlawClip) + kUlawBias);
  const auto segment = static_cast<unsigned>(std::bit_width(biased)) - 8U;
  return static_cast<std::uint8_t>(~(sign | segment << 4U | ((biased >> (segment + 3U)) & 0x0FU)));
}

std::uint8_t alaw_from_linear(std::int16_t sample) {
  const unsigned sign = sample < 0 ? 0U : 0x80U;
  auto size = static_cast<unsigned>(sample < 0 ? ~static_cast<int>(sample) : static_cast<int>(sample)) >> 4U;
  if (size > 15) {
    const auto segment = static_cast<unsigned>(std::bit_width(size)) - 4U;
    size = ((size >> (segment - 1U)) - 16U) | segment << 4U;
  }
  return static_cast<std::uint8_t>((sign | size) ^ 0x55U);
}

std::int16_t linear_from_ulaw(std::uint8_t octet) { return kUlaw[octet]; }
std::int16_t linear_from_alaw(std::uint8_t octet) { return kAlaw[octet]; }

void encode_ulaw(Samples in, std::span<std::uint8_t> out) {
  assert(out.size() == in.size());
  std::transform(in.begin(), in.end(), out.begin(), ulaw_from_linear);
}
void decode_ulaw(ByteView in, std::span<std::int16_t> out) {
  assert(out.size() == in.size());
  std::transform(in.begin(), in.end(), out.begin(), linear_from_ulaw);
}
void encode_alaw(Samples in, std::span<std::uint8_t> out) {
  assert(out.size() == in.size());
  std::transform(in.begin(), in.end(), out.begin(), alaw_from_linear);
}
void decode_alaw(ByteView in, std::span<std::int16_t> out) {
  assert(out.size() == in.size());
  std::transform(in.begin(), in.end(), out.begin(), linear_from_alaw);
}

}  // namespace portico::audio
