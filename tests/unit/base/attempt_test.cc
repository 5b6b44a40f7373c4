#include "base/attempt.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace portico {
namespace {

TEST(Attempt, GivesWhatTheWorkGives) {
  EXPECT_EQ(attempt([]() -> Result<int> { return 7; }).value(), 7);
  EXPECT_EQ(attempt([]() -> Result<int> { return fail(Code::busy, "full"); }).error().code, Code::busy);
}

TEST(Attempt, ToldOfAnExceptionWithoutOurInsides) {
  const auto failed = attempt([]() -> Result<int> { throw std::runtime_error("at 0x7f00"); });
  EXPECT_EQ(failed.error(), (Error{Code::internal, "internal error"}));
}

}  // namespace
}  // namespace portico
