#pragma once
// Spoiled messages to a whole signalling worker in this process, on injected time.

#include <cstdint>

namespace portico::mutate {

// Rounds of up to 10,000 spoiled messages, each with a server of its own. False when a rule was broken: a
// message without a good and fresh proof that was admitted; anything left behind when all timers have run
// out; a server that takes no normal call afterwards. What and with which seed is printed.
bool run_inside(std::uint64_t count, std::uint64_t seed);

}  // namespace portico::mutate
