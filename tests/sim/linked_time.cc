#include "sim/linked_time.h"

#include <chrono>
#include <optional>

#include "sip/transaction/randomness.h"

using Steady = std::chrono::steady_clock;
using System = std::chrono::system_clock;

// The names that the linker gives: what would have gone to the library comes to wrapped_…, and real_… is the
// library's own.
Steady::time_point real_steady_now() asm("__real__ZNSt6chrono3_V212steady_clock3nowEv");
Steady::time_point wrapped_steady_now() asm("__wrap__ZNSt6chrono3_V212steady_clock3nowEv");
System::time_point real_system_now() asm("__real__ZNSt6chrono3_V212system_clock3nowEv");
System::time_point wrapped_system_now() asm("__wrap__ZNSt6chrono3_V212system_clock3nowEv");
int real_random_bytes(unsigned char* out, int size) asm("__real_RAND_bytes");
int wrapped_random_bytes(unsigned char* out, int size) asm("__wrap_RAND_bytes");

namespace {

const portico::async::ManualLoop* run = nullptr;
std::optional<portico::sip::SeededRandomness> chance;

}  // namespace

Steady::time_point wrapped_steady_now() { return run != nullptr ? run->now() : real_steady_now(); }
System::time_point wrapped_system_now() { return run != nullptr ? run->wall() : real_system_now(); }
int wrapped_random_bytes(unsigned char* out, int size) {
  if (!chance) return real_random_bytes(out, size);
  for (int i = 0; i < size; ++i) out[i] = static_cast<unsigned char>(chance->next());
  return 1;
}

namespace portico::sim {

LinkedTime::LinkedTime(const async::ManualLoop& loop, std::uint64_t seed) {
  run = &loop;
  chance.emplace(seed);
}
LinkedTime::~LinkedTime() {
  run = nullptr;
  chance.reset();
}

}  // namespace portico::sim
