#include "bxml/verbs/stop_transcription.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(StopTranscription, NamesOneOrAll) {
  EXPECT_EQ(only<StopTranscription>("<StopTranscription/>").name, "");
  EXPECT_EQ(only<StopTranscription>("<StopTranscription name='t1'/>").name, "t1");
  expect_values("<StopTranscription %/>", "name", {"a"}, {""});
  expect_unknown_ignored("<StopTranscription %/>");
  expect_no_content("StopTranscription");
}

}  // namespace
}  // namespace portico::bxml
