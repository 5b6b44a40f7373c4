#include "bxml/verbs/conference.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Conference, HasTheContractsDefaults) {
  const auto conference = only<Conference>("<Conference> room-1\n</Conference>");
  EXPECT_EQ(conference.conference, "room-1");
  EXPECT_FALSE(conference.mute);
  EXPECT_FALSE(conference.hold);
  EXPECT_TRUE(conference.call_ids_to_coach.empty());
  EXPECT_FALSE(conference.events.wanted());
  EXPECT_FALSE(conference.callback_timeout.has_value());
  EXPECT_FALSE(conference.tag.has_value());
}

TEST(Conference, ReadsEveryAttribute) {
  const auto conference = only<Conference>(
      "<Conference mute='true' hold='1' callIdsToCoach=' c-1 ,c-2,, c-3' conferenceEventUrl='/e' "
      "conferenceEventMethod='GET' conferenceEventFallbackUrl='/f' conferenceEventFallbackMethod='GET' "
      "username='u' "
      "password='p' fallbackUsername='fu' fallbackPassword='fp' tag='t' "
      "callbackTimeout='2.50'>r</Conference>");
  EXPECT_TRUE(conference.mute);
  EXPECT_TRUE(conference.hold);
  EXPECT_THAT(conference.call_ids_to_coach, ::testing::ElementsAre("c-1", "c-2", "c-3"));
  EXPECT_EQ(conference.events.url, "https://app.example/e");
  EXPECT_EQ(conference.events.method, Method::get);
  EXPECT_EQ(conference.events.credentials, (Credentials{"u", "p"}));
  EXPECT_EQ(conference.events.fallback_url, "https://app.example/f");
  EXPECT_EQ(conference.events.fallback_method, Method::get);
  EXPECT_EQ(conference.events.fallback_credentials, (Credentials{"fu", "fp"}));
  EXPECT_EQ(conference.callback_timeout, 2500ms);
  EXPECT_EQ(conference.tag, "t");
}

TEST(Conference, ChecksEveryAttribute) {
  const std::string_view pattern = "<Conference %>r</Conference>";
  expect_boolean(pattern, "mute");
  expect_boolean(pattern, "hold");
  expect_callback(pattern, "conferenceEvent", true);
  for (const char* name : {"username", "password", "fallbackUsername", "fallbackPassword"})
    expect_secret(pattern, name);
  expect_values(pattern, "callbackTimeout", {"1", "1.0", "25", "25.000", "2.50"},
                {"0.999", "25.0001", "26", "", "x", "-1"});
  expect_values(pattern, "callIdsToCoach", {"", "c-1", "c-1,c-2"}, {});
  expect_tag(pattern);
  expect_unknown_ignored(pattern);
}

TEST(Conference, TakesNamesOfTheContractsAlphabetAndLength) {
  const auto named = [](const std::string& name) {
    return reason_of("<Conference>" + name + "</Conference>");
  };
  EXPECT_EQ(named("A.b_c-9"), "valid");
  EXPECT_EQ(named(std::string(100, 'a')), "valid");
  const std::string rule = "<Conference> text must be 1..100 of letters, digits, -, _ and ., but was ";
  EXPECT_EQ(named(std::string(101, 'a')), rule + std::string(40, 'a') + "...");
  EXPECT_EQ(named("a b"), rule + "\"a b\"");
  EXPECT_EQ(named("a/b"), rule + "\"a/b\"");
  EXPECT_EQ(named(""), "<Conference> needs a text");
  EXPECT_EQ(named("a<Tag>b</Tag>"), "<Tag> is not allowed in <Conference>");
}

}  // namespace
}  // namespace portico::bxml
