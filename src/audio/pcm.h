#pragma once
// Linear audio in memory: signed 16-bit, one channel.

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace portico::audio {

using Samples = std::span<const std::int16_t>;

struct Pcm {
  unsigned rate = 8'000;              // Hz
  std::vector<std::int16_t> samples;  // mono

  std::chrono::milliseconds length() const {
    return std::chrono::milliseconds(rate == 0 ? 0 : samples.size() * 1'000 / rate);
  }
};

}  // namespace portico::audio
