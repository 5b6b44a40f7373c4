#pragma once
// The torture messages of RFC 4475 and RFC 5118, byte by byte as in tests/data/sip.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace portico::test {

// "rfc4475/wsinv"
inline std::string torture_message(const std::string& name) {
  std::ifstream in(std::string(PORTICO_TEST_DATA "/sip/") + name + ".sip", std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace portico::test
