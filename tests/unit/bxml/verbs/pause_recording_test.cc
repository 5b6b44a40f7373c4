#include "bxml/verbs/pause_recording.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(PauseRecording, HasNoAttributesAndNoContent) {
  EXPECT_EQ(only<PauseRecording>("<PauseRecording/>").at, (Position{1, 11}));
  expect_no_content("PauseRecording");
  expect_unknown_ignored("<PauseRecording %/>");
}

}  // namespace
}  // namespace portico::bxml
