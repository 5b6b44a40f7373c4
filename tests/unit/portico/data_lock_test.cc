#include "portico/data_lock.h"

#include <gtest/gtest.h>

#include "objects/temporary_directory.h"

namespace portico::app {
namespace {

TEST(DataLock, HoldsOffASecondServerUntilTheFirstHasEnded) {
  const TemporaryDirectory data;
  const auto file = (data.path() / "serve.lock").string();
  {
    const auto first = DataLock::take(file);
    ASSERT_TRUE(first);
    const auto second = DataLock::take(file);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::unavailable);
    EXPECT_EQ(second.error().what, "another `portico serve` has locked " + file);
  }
  EXPECT_TRUE(DataLock::take(file));
}

TEST(DataLock, SaysWhyItCannotBeTaken) {
  const TemporaryDirectory data;
  const auto lock = DataLock::take((data.path() / "none/serve.lock").string());
  ASSERT_FALSE(lock);
  EXPECT_NE(lock.error().what.find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace portico::app
