#include "admission/source_rate.h"

namespace portico::admission {

SourceRate::SourceRate(std::uint32_t per_second, std::size_t sources_max)
    : per_second_(per_second), buckets_(sources_max) {}

bool SourceRate::take(IpAddress source, TimePoint now) {
  if (per_second_ == 0) return true;
  return buckets_.touch(source).take(per_second_, now);
}

}  // namespace portico::admission
