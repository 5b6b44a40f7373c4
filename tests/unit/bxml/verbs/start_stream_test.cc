#include "bxml/verbs/start_stream.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(StartStream, HasTheContractsDefaults) {
  const auto stream = only<StartStream>("<StartStream destination='wss://ai.example/ws'/>");
  EXPECT_EQ(stream.name, "");
  EXPECT_EQ(stream.mode, StreamMode::unidirectional);
  EXPECT_EQ(stream.tracks, Tracks::inbound);
  EXPECT_EQ(stream.destination, "wss://ai.example/ws");
  EXPECT_FALSE(stream.destination_credentials.given());
  EXPECT_FALSE(stream.events.wanted());
  EXPECT_TRUE(stream.params.empty());
}

TEST(StartStream, ReadsEveryAttribute) {
  const auto stream = only<StartStream>(
      "<StartStream name='bot' mode='bidirectional' tracks='both' destination='ws://ai.example:8080/ws?a=b' "
      "destinationUsername='du' destinationPassword='dp' streamEventUrl='/s' streamEventMethod='GET' "
      "username='u' "
      "password='p'><StreamParam name='lang' value='de'/></StartStream>");
  EXPECT_EQ(stream.name, "bot");
  EXPECT_EQ(stream.mode, StreamMode::bidirectional);
  EXPECT_EQ(stream.tracks, Tracks::both);
  EXPECT_EQ(stream.destination, "ws://ai.example:8080/ws?a=b");
  EXPECT_EQ(stream.destination_credentials, (Credentials{"du", "dp"}));
  EXPECT_EQ(stream.events.url, "https://app.example/s");
  EXPECT_EQ(stream.events.method, Method::get);
  EXPECT_EQ(stream.events.credentials, (Credentials{"u", "p"}));
  ASSERT_EQ(stream.params.size(), 1U);
  EXPECT_EQ(stream.params[0].name, "lang");
  EXPECT_EQ(stream.params[0].value, "de");
}

TEST(StartStream, ChecksEveryAttribute) {
  const std::string_view pattern = "<StartStream destination='wss://x' %/>";
  EXPECT_EQ(reason_of("<StartStream/>"), "<StartStream> needs the attribute destination");
  expect_values(
      "<StartStream %/>", "destination", {"ws://x", "wss://x.example/a?b", "WSS://x"},
      {"", "/ws", "https://x.example/", "ws://", "wss:x", "wss://x/#f", "wss://x y", "wss://x:70000/"});
  expect_values(pattern, "name", {"a", "any name"}, {""});
  expect_values(pattern, "mode", {"unidirectional", "bidirectional"}, {"", "both"});
  expect_values(pattern, "tracks", {"inbound", "outbound", "both", "INBOUND", "Both"}, {"", "all", "in"});
  expect_callback(pattern, "streamEvent", false);
  for (const char* name : {"username", "password", "destinationUsername", "destinationPassword"}) {
    expect_secret(pattern, name);
  }
  expect_unknown_ignored(pattern);
  EXPECT_EQ(reason_of("<StartStream destination='wss://x' streamEventUrl='http://x.example/' username='u'/>"),
            "<StartStream> streamEventUrl must be an https URL, for credentials are sent there");
}

std::string with_params(int count) {
  std::string text = "<StartStream destination='wss://x'>";
  for (int i = 0; i < count; ++i) text += "<StreamParam name='n" + std::to_string(i) + "' value='v'/>";
  return text + "</StartStream>";
}

TEST(StartStream, TakesAtMostTwelveParams) {
  EXPECT_EQ(only<StartStream>(with_params(12)).params.size(), 12U);
  EXPECT_EQ(reason_of(with_params(13)), "<StreamParam> is one too many, <StartStream> takes at most 12");
  EXPECT_EQ(check(response(with_params(40))).size(), 1U);
}

TEST(StartStream, ChecksItsParams) {
  const std::string longest_name(256, 'n');
  const std::string longest_value(2'048, 'v');
  expect_values("<StartStream destination='wss://x'><StreamParam value='v' %/></StartStream>", "name",
                {"n", longest_name}, {"", longest_name + "n"});
  expect_values("<StartStream destination='wss://x'><StreamParam name='n' %/></StartStream>", "value",
                {"", "v", longest_value}, {longest_value + "v"});
  expect_unknown_ignored(
      "<StartStream destination='wss://x'><StreamParam name='n' value='v' %/></StartStream>");
  const auto inside = [](const std::string& child) {
    return reason_of("<StartStream destination='wss://x'>" + child + "</StartStream>");
  };
  EXPECT_EQ(inside("<StreamParam value='v'/>"), "<StreamParam> needs the attribute name");
  EXPECT_EQ(inside("<StreamParam name='n'/>"), "<StreamParam> needs the attribute value");
  EXPECT_EQ(inside("<StreamParam name='n' value='v'>x</StreamParam>"), "<StreamParam> takes no text");
  EXPECT_EQ(inside("<Pause/>"), "<Pause> is not allowed in <StartStream>");
  EXPECT_EQ(inside("x"), "<StartStream> takes no text");
}

TEST(StartStream, KeepsTheLastOfParamsWithOneName) {
  const auto verb = only<StartStream>(
      "<StartStream destination='wss://x'><StreamParam name='a' value='1'/><StreamParam name='b' value='2'/>"
      "<StreamParam name='a' value='3'/></StartStream>");
  ASSERT_EQ(verb.params.size(), 2U);
  EXPECT_EQ(verb.params[1].name, "a");
  EXPECT_EQ(verb.params[1].value, "3");
}

}  // namespace
}  // namespace portico::bxml
