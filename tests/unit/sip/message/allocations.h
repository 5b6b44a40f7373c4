#pragma once
// How often this program has asked for memory so far: operator new of the whole binary counts.

#include <cstddef>

namespace portico::sip::test {

std::size_t allocations();

}  // namespace portico::sip::test
