#include "bxml/verbs/gather.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Gather, HasTheContractsDefaults) {
  const auto gather = only<Gather>("<Gather/>");
  EXPECT_FALSE(gather.complete.wanted());
  EXPECT_EQ(gather.terminating_digits, "");
  EXPECT_EQ(gather.max_digits, 50);
  EXPECT_EQ(gather.inter_digit_timeout, 5s);
  EXPECT_EQ(gather.first_digit_timeout, 5s);
  EXPECT_EQ(gather.repeat_count, 1);
  EXPECT_TRUE(gather.prompts.empty());
  EXPECT_FALSE(gather.tag.has_value());
}

TEST(Gather, ReadsEveryAttribute) {
  const auto gather = only<Gather>(
      "<Gather gatherUrl='g' gatherMethod='GET' gatherFallbackUrl='f' gatherFallbackMethod='GET' "
      "username='u' password='p' "
      "fallbackUsername='fu' fallbackPassword='fp' tag='t' terminatingDigits='#*a#' maxDigits='4.0' "
      "interDigitTimeout='2.50' firstDigitTimeout='0' repeatCount='2'><PlayAudio>a.wav</PlayAudio>"
      "<SpeakSentence>hi</SpeakSentence></Gather>");
  EXPECT_EQ(gather.complete.url, "https://app.example/hooks/g");
  EXPECT_EQ(gather.complete.method, Method::get);
  EXPECT_EQ(gather.complete.fallback_url, "https://app.example/hooks/f");
  EXPECT_EQ(gather.complete.fallback_method, Method::get);
  EXPECT_EQ(gather.complete.credentials, (Credentials{"u", "p"}));
  EXPECT_EQ(gather.complete.fallback_credentials, (Credentials{"fu", "fp"}));
  EXPECT_EQ(gather.tag, "t");
  EXPECT_EQ(gather.terminating_digits, "#*A");
  EXPECT_EQ(gather.max_digits, 4);
  EXPECT_EQ(gather.inter_digit_timeout, 2500ms);
  EXPECT_EQ(gather.first_digit_timeout, 0s);
  EXPECT_EQ(gather.repeat_count, 2);
  ASSERT_EQ(gather.prompts.size(), 2U);
  EXPECT_EQ(std::get<PlayAudio>(gather.prompts[0]).url, "https://app.example/hooks/a.wav");
  EXPECT_EQ(std::get<SpeakSentence>(gather.prompts[1]).speech.plain, "hi");
}

TEST(Gather, ChecksEveryAttribute) {
  const std::string_view pattern = "<Gather %/>";
  expect_callback(pattern, "gather", true);
  for (const char* name : {"username", "password", "fallbackUsername", "fallbackPassword"})
    expect_secret(pattern, name);
  expect_tag(pattern);
  expect_values(pattern, "terminatingDigits", {"", "#", "0123456789*#ABCDabcd"}, {"E", "1,2", " "});
  expect_values(pattern, "maxDigits", {"1", "50", "5.0", " 7 "},
                {"0", "51", "2.50", "", "x", "-1", "99999999999999999999"});
  expect_values(pattern, "interDigitTimeout", {"1", "60", "60.0"}, {"0.999", "60.001", "0", ""});
  expect_values(pattern, "firstDigitTimeout", {"0", "0.5", "60"}, {"-0.0001", "60.001", "61", "five"});
  expect_values(pattern, "repeatCount", {"1", "20", "3.0"}, {"0", "1.5", "", "-3"});
  expect_unknown_ignored(pattern);
}

std::string gather_of(int prompts, const std::string& attributes) {
  std::string text = "<Gather " + attributes + ">";
  for (int i = 0; i < prompts; ++i) text += "<SpeakSentence>a</SpeakSentence>";
  return text + "</Gather>";
}

TEST(Gather, TakesAtMostTwentyPrompts) {
  EXPECT_EQ(only<Gather>(gather_of(20, "")).prompts.size(), 20U);
  EXPECT_EQ(reason_of(gather_of(21, "")), "<SpeakSentence> is one too many, <Gather> takes at most 20");
  EXPECT_EQ(check(response(gather_of(25, ""))).size(), 1U);
}

TEST(Gather, PlaysAtMostTwentyPromptsOverAllRepetitions) {
  EXPECT_EQ(reason_of(gather_of(10, "repeatCount='2'")), "valid");
  EXPECT_EQ(reason_of(gather_of(1, "repeatCount='20'")), "valid");
  EXPECT_EQ(
      fault_of(response(gather_of(7, "repeatCount='3'"))),
      "line 1, column 19: <Gather> repeatCount times the number of prompts must be at most 20, but is 3 x 7");
  EXPECT_EQ(reason_of(gather_of(1, "repeatCount='21'")),
            "<Gather> repeatCount times the number of prompts must be at most 20, but is 21 x 1");
}

TEST(Gather, WaitsAtMostTwentyTimesWithoutPrompts) {
  const Document document = document_of(response("<Gather repeatCount='2000000000'/>"));
  EXPECT_EQ(std::get<Gather>(document.verbs.at(0)).repeat_count, 20);
  EXPECT_EQ(document.warnings.size(), 1U);
}

TEST(Gather, TakesPromptsOnly) {
  for (const std::string child : {"Pause", "Gather", "Record", "PhoneNumber"}) {
    EXPECT_EQ(reason_of("<Gather><" + child + "/></Gather>"), "<" + child + "> is not allowed in <Gather>");
  }
  EXPECT_EQ(reason_of("<Gather>text</Gather>"), "<Gather> takes no text");
  EXPECT_EQ(reason_of("<Gather><PlayAudio/></Gather>"), "<PlayAudio> needs a text");
}

}  // namespace
}  // namespace portico::bxml
