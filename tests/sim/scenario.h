#pragma once
// One run: weather, troubles and callers are all drawn from the seed.

#include <cstdint>
#include <string>
#include <vector>

#include "sim/checker.h"

namespace portico::sim {

struct Outcome {
  std::vector<Violation> violations;
  std::size_t callers = 0;
  std::size_t admitted = 0;  // calls that the server made
  std::size_t answered = 0;
  std::uint64_t datagrams = 0;
  std::string trace;  // counts that differ when two runs differ

  bool broke(Rule rule) const;
};

Outcome run_scenario(std::uint64_t seed, Sabotage sabotage = Sabotage::none);

}  // namespace portico::sim
