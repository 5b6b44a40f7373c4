#include "bxml/verbs/start_transcription.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(StartTranscription, HasTheContractsDefaults) {
  const auto transcription = only<StartTranscription>("<StartTranscription/>");
  EXPECT_EQ(transcription.name, "");
  EXPECT_EQ(transcription.tracks, Tracks::inbound);
  EXPECT_FALSE(transcription.events.wanted());
  EXPECT_EQ(transcription.destination, "");
  EXPECT_TRUE(transcription.stabilized);
  EXPECT_TRUE(transcription.params.empty());
}

TEST(StartTranscription, ReadsEveryAttribute) {
  const auto transcription = only<StartTranscription>(
      "<StartTranscription name='t-1_A' tracks='outbound' transcriptionEventUrl='/t' "
      "transcriptionEventMethod='GET' "
      "username='u' password='p' destination='wss://asr.example/in' stabilized='false'>"
      "<CustomParam name='ticket' value='4711'/></StartTranscription>");
  EXPECT_EQ(transcription.name, "t-1_A");
  EXPECT_EQ(transcription.tracks, Tracks::outbound);
  EXPECT_EQ(transcription.events.url, "https://app.example/t");
  EXPECT_EQ(transcription.events.method, Method::get);
  EXPECT_EQ(transcription.events.credentials, (Credentials{"u", "p"}));
  EXPECT_EQ(transcription.destination, "wss://asr.example/in");
  EXPECT_FALSE(transcription.stabilized);
  ASSERT_EQ(transcription.params.size(), 1U);
  EXPECT_EQ(transcription.params[0].value, "4711");
}

TEST(StartTranscription, ChecksEveryAttribute) {
  const std::string_view pattern = "<StartTranscription %/>";
  const std::string longest(128, 'a');
  expect_values(pattern, "name", {"a", "A-9_", longest}, {"", "a b", "a.b", longest + "a"});
  expect_values(pattern, "tracks", {"inbound", "outbound", "both"}, {"", "none"});
  EXPECT_EQ(only<StartTranscription>("<StartTranscription tracks='OUTBOUND'/>").tracks, Tracks::outbound);
  expect_callback(pattern, "transcriptionEvent", false);
  expect_secret(pattern, "username");
  expect_secret(pattern, "password");
  expect_values(pattern, "destination", {"ws://x", "wss://x/a"}, {"", "http://x", "a"});
  expect_boolean(pattern, "stabilized");
  expect_unknown_ignored(pattern);
  EXPECT_EQ(
      reason_of("<StartTranscription transcriptionEventUrl='http://x.example/' password='p'/>"),
      "<StartTranscription> transcriptionEventUrl must be an https URL, for credentials are sent there");
}

std::string with_params(int count) {
  std::string text = "<StartTranscription>";
  for (int i = 0; i < count; ++i) text += "<CustomParam name='n" + std::to_string(i) + "' value='v'/>";
  return text + "</StartTranscription>";
}

TEST(StartTranscription, TakesAtMostTwelveParams) {
  EXPECT_EQ(only<StartTranscription>(with_params(12)).params.size(), 12U);
  EXPECT_EQ(reason_of(with_params(13)),
            "<CustomParam> is one too many, <StartTranscription> takes at most 12");
  EXPECT_EQ(check(response(with_params(40))).size(), 1U);
}

TEST(StartTranscription, ChecksItsParams) {
  const std::string longest_name(256, 'n');
  const std::string longest_value(2'048, 'v');
  expect_values("<StartTranscription><CustomParam value='v' %/></StartTranscription>", "name",
                {"n", longest_name}, {"", longest_name + "n"});
  expect_values("<StartTranscription><CustomParam name='n' %/></StartTranscription>", "value",
                {"", "v", longest_value}, {longest_value + "v"});
  expect_unknown_ignored("<StartTranscription><CustomParam name='n' value='v' %/></StartTranscription>");
  const auto inside = [](const std::string& child) {
    return reason_of("<StartTranscription>" + child + "</StartTranscription>");
  };
  EXPECT_EQ(inside("<CustomParam value='v'/>"), "<CustomParam> needs the attribute name");
  EXPECT_EQ(inside("<CustomParam name='n'/>"), "<CustomParam> needs the attribute value");
  EXPECT_EQ(inside("<CustomParam name='n' value='v'>x</CustomParam>"), "<CustomParam> takes no text");
  EXPECT_EQ(inside("<Pause/>"), "<Pause> is not allowed in <StartTranscription>");
  EXPECT_EQ(inside("x"), "<StartTranscription> takes no text");
}

TEST(StartTranscription, KeepsTheLastOfParamsWithOneName) {
  const auto verb = only<StartTranscription>(
      "<StartTranscription><CustomParam name='a' value='1'/><CustomParam name='b' value='2'/>"
      "<CustomParam name='a' value='3'/></StartTranscription>");
  ASSERT_EQ(verb.params.size(), 2U);
  EXPECT_EQ(verb.params[1].name, "a");
  EXPECT_EQ(verb.params[1].value, "3");
}

}  // namespace
}  // namespace portico::bxml
