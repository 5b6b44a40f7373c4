#pragma once
// One run: weather, troubles, callers, and when the server is killed, drained, locked out of its store: all
// drawn from the seed.

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
  std::size_t lives = 0;  // of the server
  std::uint64_t datagrams = 0;
  std::size_t told = 0;  // asynchronous events
  std::string trace;     // counts that differ when two runs differ

  bool broke(Rule rule) const;
};

Outcome run_scenario(std::uint64_t seed, Sabotage sabotage = Sabotage::none);

}  // namespace portico::sim
