#include "bxml/verbs/transfer.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

constexpr std::string_view kPhone = "<PhoneNumber>+15557654321</PhoneNumber>";

TEST(Transfer, HasTheContractsDefaults) {
  const auto transfer = only<Transfer>("<Transfer><PhoneNumber> +15557654321 </PhoneNumber></Transfer>");
  EXPECT_EQ(transfer.caller_id, "");
  EXPECT_FALSE(transfer.privacy);
  EXPECT_EQ(transfer.caller_display_name, "");
  EXPECT_EQ(transfer.call_timeout, 30s);
  EXPECT_FALSE(transfer.complete.wanted());
  EXPECT_FALSE(transfer.tag.has_value());
  EXPECT_EQ(transfer.diversion.treatment, DiversionTreatment::none);
  EXPECT_EQ(transfer.diversion.reason, "unknown");
  ASSERT_EQ(transfer.targets.size(), 1U);
  const TransferTarget& target = transfer.targets[0];
  EXPECT_EQ(target.kind, TransferTarget::Kind::phone_number);
  EXPECT_EQ(target.at, (Position{1, 21}));
  EXPECT_EQ(target.to, "+15557654321");
  EXPECT_FALSE(target.answer.wanted());
  EXPECT_FALSE(target.disconnect.wanted());
  EXPECT_FALSE(target.tag.has_value());
  EXPECT_EQ(target.uui, "");
}

TEST(Transfer, ReadsEveryAttribute) {
  const auto transfer = only<Transfer>(
      "<Transfer transferCallerId='+15551234567' privacy='1' transferCallerDisplayName='Private' "
      "callTimeout='300' "
      "transferCompleteUrl='c' transferCompleteMethod='GET' transferCompleteFallbackUrl='f' "
      "transferCompleteFallbackMethod='GET' username='u' password='p' fallbackUsername='fu' "
      "fallbackPassword='fp' tag='t' "
      "diversionTreatment='propagate' diversionReason='away'>" +
      std::string(kPhone) + "</Transfer>");
  EXPECT_EQ(transfer.caller_id, "+15551234567");
  EXPECT_TRUE(transfer.privacy);
  EXPECT_EQ(transfer.caller_display_name, "Private");
  EXPECT_EQ(transfer.call_timeout, 300s);
  EXPECT_EQ(transfer.complete.url, "https://app.example/hooks/c");
  EXPECT_EQ(transfer.complete.method, Method::get);
  EXPECT_EQ(transfer.complete.fallback_url, "https://app.example/hooks/f");
  EXPECT_EQ(transfer.complete.fallback_method, Method::get);
  EXPECT_EQ(transfer.complete.credentials, (Credentials{"u", "p"}));
  EXPECT_EQ(transfer.complete.fallback_credentials, (Credentials{"fu", "fp"}));
  EXPECT_EQ(transfer.tag, "t");
  EXPECT_EQ(transfer.diversion.treatment, DiversionTreatment::propagate);
  EXPECT_EQ(transfer.diversion.reason, "away");
}

TEST(Transfer, ReadsEveryAttributeOfBothKindsOfTarget) {
  const std::string attributes =
      " transferAnswerUrl='a' transferAnswerMethod='GET' transferAnswerFallbackUrl='f' "
      "transferAnswerFallbackMethod='GET' "
      "transferDisconnectUrl='d' transferDisconnectMethod='GET' username='u' password='p' "
      "fallbackUsername='fu' "
      "fallbackPassword='fp' tag='b' uui='aa;encoding=hex'>";
  const auto transfer =
      only<Transfer>("<Transfer><PhoneNumber" + attributes + "+15557654321</PhoneNumber><SipUri" +
                     attributes + "sip:agent7@pbx.example.net</SipUri></Transfer>");
  ASSERT_EQ(transfer.targets.size(), 2U);
  EXPECT_EQ(transfer.targets[1].kind, TransferTarget::Kind::sip_uri);
  EXPECT_EQ(transfer.targets[1].to, "sip:agent7@pbx.example.net");
  for (const TransferTarget& target : transfer.targets) {
    EXPECT_EQ(target.answer.url, "https://app.example/hooks/a");
    EXPECT_EQ(target.answer.method, Method::get);
    EXPECT_EQ(target.answer.fallback_url, "https://app.example/hooks/f");
    EXPECT_EQ(target.answer.fallback_method, Method::get);
    EXPECT_EQ(target.answer.credentials, (Credentials{"u", "p"}));
    EXPECT_EQ(target.answer.fallback_credentials, (Credentials{"fu", "fp"}));
    EXPECT_EQ(target.disconnect.url, "https://app.example/hooks/d");
    EXPECT_EQ(target.disconnect.method, Method::get);
    EXPECT_EQ(target.disconnect.credentials, (Credentials{"u", "p"}));
    EXPECT_EQ(target.tag, "b");
    EXPECT_EQ(target.uui, "aa;encoding=hex");
  }
}

TEST(Transfer, ChecksEveryAttribute) {
  const std::string pattern = "<Transfer %>" + std::string(kPhone) + "</Transfer>";
  const std::string longest(256, 'x');
  expect_values(pattern, "transferCallerId", {"+15551234567"}, {"", "5551234567", "sip:a@b", "anonymous"});
  expect_boolean(pattern, "privacy");
  expect_values(pattern, "transferCallerDisplayName", {"", "Ann", longest}, {longest + "x", "a&#9;b"});
  expect_values(pattern, "callTimeout", {"1", "300", "5.0"}, {"0", "0.999", "300.01", ""});
  expect_callback(pattern, "transferComplete", true);
  for (const char* name : {"username", "password", "fallbackUsername", "fallbackPassword"})
    expect_secret(pattern, name);
  expect_tag(pattern);
  expect_values(pattern, "diversionTreatment", {"none", "propagate", "stack"}, {"", "yes"});
  expect_values(pattern, "diversionReason", {"unknown", "out-of-service"}, {"", "dnd"});
  expect_unknown_ignored(pattern);
}

TEST(Transfer, ChecksEveryAttributeOfItsTargets) {
  for (const std::string pattern : {"<Transfer><PhoneNumber %>+15557654321</PhoneNumber></Transfer>",
                                    "<Transfer><SipUri %>sip:a@b</SipUri></Transfer>"}) {
    expect_callback(pattern, "transferAnswer", true);
    expect_callback(pattern, "transferDisconnect", false);
    for (const char* name : {"username", "password", "fallbackUsername", "fallbackPassword"})
      expect_secret(pattern, name);
    expect_tag(pattern);
    expect_values(pattern, "uui", {"aa;encoding=hex"}, {"", "aa", "zz;encoding=hex"});
    expect_unknown_ignored(pattern);
  }
}

std::string transfer_to(int targets) {
  std::string text = "<Transfer>";
  for (int i = 0; i < targets; ++i) text += i % 2 == 0 ? kPhone : "<SipUri>sip:a@b</SipUri>";
  return text + "</Transfer>";
}

TEST(Transfer, TakesOneToEightTargets) {
  EXPECT_EQ(reason_of("<Transfer/>"), "<Transfer> needs at least one <PhoneNumber> or <SipUri>");
  EXPECT_EQ(only<Transfer>(transfer_to(8)).targets.size(), 8U);
  EXPECT_EQ(reason_of(transfer_to(9)), "<PhoneNumber> is one too many, <Transfer> takes at most 8");
  EXPECT_EQ(check(response(transfer_to(30))).size(), 1U);
}

TEST(Transfer, ChecksItsTargetsText) {
  const auto inside = [](const std::string& child) {
    return reason_of("<Transfer>" + child + "</Transfer>");
  };
  EXPECT_EQ(inside("<PhoneNumber/>"), "<PhoneNumber> needs a text");
  EXPECT_EQ(inside("<PhoneNumber>15557654321</PhoneNumber>"),
            "<PhoneNumber> text must be an E.164 number such as +15555551212, but was 15557654321");
  EXPECT_EQ(inside("<SipUri>+15557654321</SipUri>"),
            "<SipUri> text must be a SIP URI such as sip:user@host, but was +15557654321");
  EXPECT_EQ(inside(std::string(kPhone) + "<Endpoint>e-1</Endpoint>"),
            "<Endpoint> is not allowed in <Transfer>");
  EXPECT_EQ(inside("x" + std::string(kPhone)), "<Transfer> takes no text");
}

TEST(Transfer, TurnsTheOldWordsInTheCallerIdIntoPrivacy) {
  const auto transfer =
      only<Transfer>("<Transfer transferCallerId='Unavailable'>" + std::string(kPhone) + "</Transfer>");
  EXPECT_TRUE(transfer.privacy);
  EXPECT_EQ(transfer.caller_id, "");
  EXPECT_EQ(transfer.caller_display_name, "Unavailable");
}

}  // namespace
}  // namespace portico::bxml
