#include "bxml/verbs/forward.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Forward, HasTheContractsDefaults) {
  const auto forward = only<Forward>("<Forward to='+15557654321'/>");
  EXPECT_EQ(forward.to, "+15557654321");
  EXPECT_EQ(forward.from, "");
  EXPECT_FALSE(forward.privacy);
  EXPECT_EQ(forward.caller_display_name, "");
  EXPECT_EQ(forward.call_timeout, 30s);
  EXPECT_EQ(forward.diversion.treatment, DiversionTreatment::none);
  EXPECT_EQ(forward.diversion.reason, "unknown");
  EXPECT_EQ(forward.uui, "");
}

TEST(Forward, ReadsEveryAttribute) {
  const auto forward = only<Forward>(
      "<Forward to='sip:a@b.example' from='+15551234567' privacy='true' callerDisplayName='Anonymous' "
      "callTimeout='12.5' "
      "diversionTreatment='stack' diversionReason='no-answer' uui='aGk=;encoding=base64'/>");
  EXPECT_EQ(forward.to, "sip:a@b.example");
  EXPECT_EQ(forward.from, "+15551234567");
  EXPECT_TRUE(forward.privacy);
  EXPECT_EQ(forward.caller_display_name, "Anonymous");
  EXPECT_EQ(forward.call_timeout, 12500ms);
  EXPECT_EQ(forward.diversion.treatment, DiversionTreatment::stack);
  EXPECT_EQ(forward.diversion.reason, "no-answer");
  EXPECT_EQ(forward.uui, "aGk=;encoding=base64");
}

TEST(Forward, ChecksEveryAttribute) {
  const std::string_view pattern = "<Forward to='sip:a@b' %/>";
  const std::string longest(256, 'x');
  expect_values("<Forward %/>", "to", {"+15557654321", "sip:a@b", "sips:a@b:5061"},
                {"", "5557654321", "tel:+1555", "bob"});
  expect_values(pattern, "from", {"+15551234567"}, {"5551234567", "+0555", "sip:a@b", "restricted", ""});
  expect_boolean(pattern, "privacy");
  expect_values(pattern, "callerDisplayName", {"", "Ann", longest},
                {longest + "x", "a&#10;b", "a&#x7F;", "a&#x85;b"});
  expect_values(pattern, "callTimeout", {"1", "300", "300.0", "2.50"}, {"0.99", "300.001", "301", "", "1e2"});
  expect_values(pattern, "diversionTreatment", {"none", "propagate", "stack"}, {"", "None", "copy"});
  expect_values(pattern, "diversionReason",
                {"unknown", "user-busy", "no-answer", "unavailable", "unconditional", "time-of-day",
                 "do-not-disturb", "deflection", "follow-me", "out-of-service", "away"},
                {"", "busy", "Away"});
  expect_values(pattern, "uui", {"aa;encoding=hex", "aGk;encoding=base64", "a.b.c;encoding=jwt"},
                {"", "aa", "aa;encoding=rot13"});
  expect_unknown_ignored(pattern);
}

TEST(Forward, NeedsToAndNoContent) {
  EXPECT_EQ(reason_of("<Forward/>"), "<Forward> needs the attribute to");
  EXPECT_EQ(reason_of("<Forward to='sip:a@b'><Pause/></Forward>"), "<Pause> is not allowed in <Forward>");
  EXPECT_EQ(reason_of("<Forward to='sip:a@b'>x</Forward>"), "<Forward> takes no text");
}

TEST(Forward, ShowsWithPrivacyOnlyTheFourWords) {
  for (const std::string word : {"Restricted", "Anonymous", "Private", "Unavailable", ""}) {
    EXPECT_EQ(reason_of("<Forward to='sip:a@b' privacy='true' callerDisplayName='" + word + "'/>"), "valid");
  }
  EXPECT_EQ(reason_of("<Forward to='sip:a@b' privacy='true' callerDisplayName='Ann'/>"),
            "<Forward> callerDisplayName must, with privacy, be one of Restricted, Anonymous, Private, "
            "Unavailable");
}

TEST(Forward, TurnsTheOldWordsInFromIntoPrivacy) {
  const Document document =
      document_of(response("<Forward to='sip:a@b' from='Restricted' privacy='false'/>"));
  const auto& forward = std::get<Forward>(document.verbs.at(0));
  EXPECT_TRUE(forward.privacy);
  EXPECT_EQ(forward.from, "");
  EXPECT_EQ(forward.caller_display_name, "Restricted");
  ASSERT_EQ(document.warnings.size(), 1U);
}

TEST(Forward, DropsUuiTowardsANumber) {
  const Document document = document_of(response("<Forward to='+15557654321' uui='aa;encoding=hex'/>"));
  EXPECT_EQ(std::get<Forward>(document.verbs.at(0)).uui, "");
  ASSERT_EQ(document.warnings.size(), 1U);
  EXPECT_EQ(document.warnings[0].reason, "uui goes to a SIP URI only, it is ignored");
}

}  // namespace
}  // namespace portico::bxml
