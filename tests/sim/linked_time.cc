#include "sim/linked_time.h"

#include <chrono>
#include <optional>
#include <span>

#include "base/address.h"
#include "sip/transaction/randomness.h"

using Steady = std::chrono::steady_clock;
using System = std::chrono::system_clock;

// The names that the linker gives: what would have gone to the library comes to wrapped_…, and real_… is the
// library's own.
Steady::time_point real_steady_now() asm("__real__ZNSt6chrono3_V212steady_clock3nowEv");
Steady::time_point wrapped_steady_now() asm("__wrap__ZNSt6chrono3_V212steady_clock3nowEv");
System::time_point real_system_now() asm("__real__ZNSt6chrono3_V212system_clock3nowEv");
System::time_point wrapped_system_now() asm("__wrap__ZNSt6chrono3_V212system_clock3nowEv");
void real_random_fill(std::span<std::uint8_t> out) asm(
    "__real__ZN7portico11random_fillESt4spanIhLm18446744073709551615EE");
void wrapped_random_fill(std::span<std::uint8_t> out) asm(
    "__wrap__ZN7portico11random_fillESt4spanIhLm18446744073709551615EE");

namespace {

const portico::async::ManualLoop* run = nullptr;
std::optional<portico::sip::SeededRandomness> chance;

}  // namespace

Steady::time_point wrapped_steady_now() { return run != nullptr ? run->now() : real_steady_now(); }
System::time_point wrapped_system_now() { return run != nullptr ? run->wall() : real_system_now(); }
void wrapped_random_fill(std::span<std::uint8_t> out) {
  if (!chance) return real_random_fill(out);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(chance->next());
}

namespace portico::sim {

LinkedTime::LinkedTime(const async::ManualLoop& loop, std::uint64_t seed) {
  (void)std::hash<IpAddress>{}({});  // draws a key once: not from the chance of the first run
  run = &loop;
  chance.emplace(seed);
}
LinkedTime::~LinkedTime() {
  run = nullptr;
  chance.reset();
}

}  // namespace portico::sim
