#pragma once
// How many refusals of unproven callers a second are worth a row in an application's admission log and a line
// in ours: a flood of strangers must not fill the store's queue, which calls need too. All are counted.
// Bounded, one owner, one thread.

#include <cstdint>

#include "account/uuid.h"
#include "admission/lru_table.h"
#include "admission/rate_bucket.h"
#include "base/time.h"

namespace portico::admission {

class RowRate {
 public:
  static constexpr std::uint32_t kRowsPerSecond = 100;  // of one application
  static constexpr std::size_t kApplicationsMax = 4'096;

  bool take(account::Uuid application, TimePoint now) {
    return applications_.touch(application).take(kRowsPerSecond, now);
  }

 private:
  LruTable<account::Uuid, RateBucket> applications_{kApplicationsMax};
};

}  // namespace portico::admission
