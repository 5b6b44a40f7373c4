#include "rtp/sequence.h"

namespace portico::rtp {
namespace {

// The number congruent to `value` that is nearest to `newest`.
template <typename Wrapping, typename Signed>
std::uint64_t extend_to_nearest(std::optional<std::uint64_t>& newest, Wrapping value) {
  constexpr std::uint64_t kCycle = std::uint64_t{1} << (8 * sizeof(Wrapping));
  if (!newest) {
    newest = kCycle + value;
    return *newest;
  }
  const auto step = static_cast<Signed>(static_cast<Wrapping>(value - static_cast<Wrapping>(*newest)));
  const auto extended = *newest + static_cast<std::uint64_t>(static_cast<std::int64_t>(step));
  if (step > 0) newest = extended;
  return extended;
}

}  // namespace

std::uint64_t SequenceExtender::extend(std::uint16_t sequence) {
  return extend_to_nearest<std::uint16_t, std::int16_t>(newest_, sequence);
}

std::uint64_t TimestampExtender::extend(std::uint32_t timestamp) {
  return extend_to_nearest<std::uint32_t, std::int32_t>(newest_, timestamp);
}

}  // namespace portico::rtp
