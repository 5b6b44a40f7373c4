#pragma once
// What was heard at both ends of the calls with real media: keys by the server, sound by the phones.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/caller.h"
#include "sim/ledger.h"
#include "sim/life.h"
#include "sim/server.h"

namespace portico::sim {

class MediaRules {
 public:
  // `calm`: the network loses nothing, and keeps the order.
  MediaRules(const Ledger& ledger, const ServerSettings& settings, bool calm)
      : ledger_(ledger), settings_(settings), calm_(calm) {}

  using Lives = std::vector<std::unique_ptr<Life>>;
  using Callers = std::vector<std::unique_ptr<Caller>>;
  // What is wrong.
  std::vector<std::string> wrong_keys(const Lives& lives, const Callers& callers) const;
  std::vector<std::string> wrong_digits(const Callers& callers) const;
  std::vector<std::string> missed_keys(const Lives& lives, const Callers& callers) const;
  std::vector<std::string> stray_sound(const Callers& callers) const;
  std::vector<std::string> missing_sound(const Callers& callers) const;

 private:
  using Entry = std::pair<const std::string, Ledger::Call>;  // of the ledger: a call and its id
  const Entry* only_call_of(const Caller& caller) const;
  const Entry* undisturbed_call_of(const Caller& caller) const;
  bool must_have_sounded(const Entry& entry) const;

  const Ledger& ledger_;
  const ServerSettings& settings_;
  const bool calm_;
};

}  // namespace portico::sim
