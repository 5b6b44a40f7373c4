#include "bxml/verbs/pause.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Pause, HasADurationWithinItsBounds) {
  EXPECT_EQ(only<Pause>("<Pause/>").duration, 1s);
  EXPECT_EQ(only<Pause>("<Pause duration='5'/>").duration, 5s);
  EXPECT_EQ(only<Pause>("<Pause duration='5.0'/>").duration, 5s);
  EXPECT_EQ(only<Pause>("<Pause duration='2.50'/>").duration, 2500ms);
  EXPECT_EQ(only<Pause>("<Pause duration='0.1'/>").duration, 100ms);
  EXPECT_EQ(only<Pause>("<Pause duration='86400'/>").duration, 24h);
  expect_values("<Pause %/>", "duration", {"0.1", "86400", "86400.000", ".5", "1."},
                {"0", "0.09999", "86400.0001", "86401", "-5", "", "5s", "1e3", "1,5", "."});
  expect_unknown_ignored("<Pause %/>");
  expect_no_content("Pause");
}

}  // namespace
}  // namespace portico::bxml
