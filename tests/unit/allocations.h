#pragma once
// How often this program has asked for memory so far, whoever asked. Tests are built with a sanitizer, which
// tells.

#include <cstddef>

namespace portico::test {

std::size_t allocations();

}  // namespace portico::test
