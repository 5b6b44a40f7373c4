#pragma once
// Gives a fuzz target everything that its corpus holds.

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace portico {

inline std::size_t replay(const std::string& target, int (*run)(const std::uint8_t*, std::size_t)) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(PORTICO_FUZZ_DIR "/" + target + "/corpus")) {
    SCOPED_TRACE(file.path().filename().string());
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++files;
  }
  return files;
}

}  // namespace portico
