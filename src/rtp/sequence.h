#pragma once
// Arithmetic on numbers that wrap (RFC 3550 appendix A.1, RFC 1982).

#include <cstdint>
#include <optional>

namespace portico::rtp {

// True when `a` comes after `b` on the circle; exactly half a circle apart counts as before.
constexpr bool newer_sequence(std::uint16_t a, std::uint16_t b) {
  return a != b && static_cast<std::uint16_t>(a - b) < 0x8000;
}
constexpr bool newer_timestamp(std::uint32_t a, std::uint32_t b) { return a != b && a - b < 0x8000'0000U; }

// Turns sequence numbers into ones that do not wrap: cycles * 65536 + number. The first one starts in cycle
// 1, so that a late packet from before it has a number too.
class SequenceExtender {
 public:
  std::uint64_t extend(std::uint16_t sequence);
  std::optional<std::uint64_t> newest() const { return newest_; }

 private:
  std::optional<std::uint64_t> newest_;
};

// The same for 32-bit timestamps.
class TimestampExtender {
 public:
  std::uint64_t extend(std::uint32_t timestamp);
  std::optional<std::uint64_t> newest() const { return newest_; }

 private:
  std::optional<std::uint64_t> newest_;
};

}  // namespace portico::rtp
