#include "bxml/verbs/ring.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Ring, HasADurationWithinItsBounds) {
  EXPECT_EQ(only<Ring>("<Ring/>").duration, 5s);
  EXPECT_EQ(only<Ring>("<Ring duration='5'/>").duration, 5s);
  EXPECT_EQ(only<Ring>("<Ring duration='5.0'/>").duration, 5s);
  EXPECT_EQ(only<Ring>("<Ring duration='2.50'/>").duration, 2500ms);
  EXPECT_EQ(only<Ring>("<Ring duration='0.1'/>").duration, 100ms);
  EXPECT_EQ(only<Ring>("<Ring duration='86400'/>").duration, 24h);
  expect_values("<Ring %/>", "duration", {"0.1", "86400", "86400.000", ".5", "1."},
                {"0", "0.09999", "86400.0001", "86401", "-5", "", "5s", "1e3", "1,5", "."});
  EXPECT_TRUE(only<Ring>("<Ring/>").answer_call);
  EXPECT_FALSE(only<Ring>("<Ring answerCall='false'/>").answer_call);
  expect_boolean("<Ring %/>", "answerCall");
  expect_unknown_ignored("<Ring %/>");
  expect_no_content("Ring");
}

}  // namespace
}  // namespace portico::bxml
