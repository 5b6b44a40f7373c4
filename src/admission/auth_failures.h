#pragma once
// Stops guessing of passwords: after 5 failures in 60 s from one address for one application, lockout for 60
// s (contract voice-applications.md 5.2 step 11). Feed it only decisions with `counts_as_failure`. Bounded,
// the pair whose last failure is oldest goes first. One owner, one thread.

#include <array>
#include <cstdint>

#include "account/uuid.h"
#include "admission/lru_table.h"
#include "base/address.h"
#include "base/limits.h"
#include "base/time.h"

namespace portico::admission {

class AuthFailures {
 public:
  static constexpr std::size_t kFailuresMax = 32;  // the most that `allowed` can be
  static constexpr Duration kWindow = 60s;
  static constexpr Duration kLockout = 60s;
  static constexpr Duration kRepetition = 32s;  // 64*T1: how long a client sends one INVITE again

  // `allowed` 0: never a lockout. More than kFailuresMax is taken as kFailuresMax.
  explicit AuthFailures(std::uint32_t allowed, std::size_t pairs_max = limits::kAuthFailuresMax);

  bool locked_out(IpAddress source, account::Uuid application, TimePoint now) const;
  // `guess` names the credentials: the same again within kRepetition is a copy of one INVITE, as a lossy line
  // makes them, and counts once.
  void failed(IpAddress source, account::Uuid application, std::uint64_t guess, TimePoint now);
  std::size_t size() const { return pairs_.size(); }

 private:
  struct Key {
    IpAddress source;
    account::Uuid application;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const noexcept;
  };
  struct Failure {
    TimePoint at;
    std::uint64_t guess = 0;
  };
  struct History {
    std::array<Failure, kFailuresMax> failures{};  // ring of the last ones
    std::uint32_t count = 0;                       // since the last lockout
    TimePoint locked_until{};
  };
  std::uint32_t allowed_;
  LruTable<Key, History, KeyHash> pairs_;
};

}  // namespace portico::admission
