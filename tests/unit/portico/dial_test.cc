#include "portico/dial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "objects/temporary_directory.h"

namespace portico::app {
namespace {

TEST(Dial, CallsNobodyWhenItCannotKeepWhatIsHeard) {
  const TemporaryDirectory directory;
  const auto file = (directory.path() / "none/heard.wav").string();
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  const int status = dial({.uri = "sip:x@127.0.0.1:9", .record_file = file});
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "") << "no report: there was no call";
  EXPECT_THAT(testing::internal::GetCapturedStderr(), testing::HasSubstr(file + " cannot be written"));
  EXPECT_EQ(status, 1);
}

}  // namespace
}  // namespace portico::app
