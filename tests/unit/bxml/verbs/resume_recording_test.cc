#include "bxml/verbs/resume_recording.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(ResumeRecording, HasNoAttributesAndNoContent) {
  EXPECT_EQ(only<ResumeRecording>("<ResumeRecording/>").at, (Position{1, 11}));
  expect_no_content("ResumeRecording");
  expect_unknown_ignored("<ResumeRecording %/>");
}

}  // namespace
}  // namespace portico::bxml
