#include "bxml/verbs/stop_stream.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(StopStream, ReadsNameAndWait) {
  const auto plain = only<StopStream>("<StopStream name='bot'/>");
  EXPECT_EQ(plain.name, "bot");
  EXPECT_FALSE(plain.wait);
  EXPECT_TRUE(only<StopStream>("<StopStream name='bot' wait='true'/>").wait);
}

TEST(StopStream, ChecksEveryAttribute) {
  EXPECT_EQ(reason_of("<StopStream/>"), "<StopStream> needs the attribute name");
  expect_values("<StopStream %/>", "name", {"a"}, {"", " "});
  expect_boolean("<StopStream name='a' %/>", "wait");
  expect_unknown_ignored("<StopStream name='a' %/>");
  EXPECT_EQ(reason_of("<StopStream name='a'><Pause/></StopStream>"),
            "<Pause> is not allowed in <StopStream>");
}

}  // namespace
}  // namespace portico::bxml
