#include "bxml/verbs/stop_gather.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(StopGather, HasNoAttributesAndNoContent) {
  EXPECT_EQ(only<StopGather>("<StopGather/>").at, (Position{1, 11}));
  expect_no_content("StopGather");
  expect_unknown_ignored("<StopGather %/>");
}

}  // namespace
}  // namespace portico::bxml
