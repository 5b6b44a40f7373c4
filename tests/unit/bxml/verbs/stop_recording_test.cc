#include "bxml/verbs/stop_recording.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(StopRecording, HasNoAttributesAndNoContent) {
  EXPECT_EQ(only<StopRecording>("<StopRecording/>").at, (Position{1, 11}));
  expect_no_content("StopRecording");
  expect_unknown_ignored("<StopRecording %/>");
}

}  // namespace
}  // namespace portico::bxml
