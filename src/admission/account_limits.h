#pragma once
// Concurrent calls and call starts a second of each account (contract voice-api.md section 1). Shared by all
// signalling threads of a node; a mutex is held for a few instructions a call. Bounded by the number of
// accounts.

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "account/account.h"
#include "account/directory.h"
#include "admission/facts.h"
#include "base/rate_bucket.h"
#include "base/time.h"

namespace portico::admission {

class AccountLimits {
 public:
  // Asks and takes in one step: below_limits means that a call was counted, and ended() must follow.
  AccountUse start(std::string_view account_id, const account::Limits& limits, TimePoint now);
  // Counts a call that goes through whatever the limits say (Forward: contract voice-api.md "Limits").
  void start_anyway(std::string_view account_id, const account::Limits& limits, TimePoint now);
  void ended(std::string_view account_id);
  std::uint32_t concurrent(std::string_view account_id) const;

 private:
  struct Use {
    std::uint32_t concurrent = 0;
    RateBucket starts;
  };
  Use& use(std::string_view account_id);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, Use, account::TextHash, std::equal_to<>> uses_;
};

}  // namespace portico::admission
