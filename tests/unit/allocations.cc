#include "allocations.h"

#include <sanitizer/allocator_interface.h>

#include <atomic>

namespace portico::test {
namespace {

std::atomic<std::size_t> count{0};

void on_malloc(const volatile void* /*memory*/, std::size_t /*size*/) { ++count; }
void on_free(const volatile void* /*memory*/) {}

const int kHooked = __sanitizer_install_malloc_and_free_hooks(&on_malloc, &on_free);

}  // namespace

std::size_t allocations() { return kHooked != 0 ? count.load() : 0; }

}  // namespace portico::test
