#include "sip/message/headers.h"

#include <gtest/gtest.h>

#include <deque>

#include "sip/message/parse.h"
#include "sip/message/samples.h"

namespace portico::sip {
namespace {

// Kept for good: what is read from it are views.
const Message& with(std::string_view field) {
  static std::deque<Message> kept;
  return kept.emplace_back(parse_datagram(test::invite_and(field)).message);
}

TEST(Headers, ReadsTheMandatoryOnes) {
  const auto message = parse_datagram(std::string(test::kInvite)).message;
  EXPECT_EQ(read_from(message)->tag(), "1928301774");
  EXPECT_EQ(read_to(message)->uri.host, "sip.example.org");
  EXPECT_EQ(*read_call_id(message), "a84b4c76e66710@pbx.example.net");
  EXPECT_EQ(read_cseq(message)->number, 314159U);
  EXPECT_EQ(read_cseq(message)->method, Method::invite);
  EXPECT_EQ(read_top_via(message)->branch(), "z9hG4bK776asdhds");
  EXPECT_EQ(read_max_forwards(message), 70U);
  EXPECT_EQ(read_contact(message)->uri.port, 5062);
  EXPECT_TRUE(read_content_type(message)->is("Application", "SDP"));
}

TEST(Headers, TellsAbsentFromMalformed) {
  const auto message = parse_datagram(std::string(test::kInvite)).message;
  EXPECT_EQ(read_session_expires(message).error().code, Code::not_found);
  EXPECT_EQ(read_address(message, Header::diversion).error().code, Code::not_found);
  EXPECT_EQ(read_session_expires(with("Session-Expires: soon")).error().code, Code::invalid);
  EXPECT_EQ(read_address(with("Diversion: x"), Header::diversion).error().code, Code::invalid);
}

TEST(Headers, ReadsSessionTimers) {
  const auto timer = read_session_expires(with("x: 4000;refresher=UAC"));
  ASSERT_TRUE(timer);
  EXPECT_EQ(timer->seconds, 4000U);
  EXPECT_EQ(timer->refresher, SessionExpires::Refresher::uac);
  EXPECT_EQ(read_session_expires(with("Session-Expires: 90"))->refresher, SessionExpires::Refresher::unsaid);
  EXPECT_EQ(read_number(with("Min-SE: 90;a=b"), Header::min_se), 90U);
}

TEST(Headers, ReadsReliableProvisionals) {
  const auto rack = read_rack(with("RAck: 776656  1 INVITE"));
  ASSERT_TRUE(rack);
  EXPECT_EQ(rack->rseq, 776656U);
  EXPECT_EQ(rack->cseq.number, 1U);
  EXPECT_EQ(rack->cseq.method, Method::invite);
  EXPECT_EQ(read_number(with("RSeq: 988789"), Header::rseq), 988789U);
  EXPECT_FALSE(read_rack(with("RAck: 1 INVITE")));
}

TEST(Headers, ReadsReasonAndRetryAfter) {
  const auto& message = with("Reason: SIP;cause=200;text=\"Call completed elsewhere, ok\", Q.850 ;cause=16");
  std::vector<int> causes;
  for (const auto value : message.values(Header::reason))
    causes.push_back(parse_reason(value)->cause.value());
  EXPECT_EQ(causes, (std::vector{200, 16}));
  EXPECT_EQ(read_retry_after(with("Retry-After: 18000 (in a meeting) ;duration=3600"))->seconds, 18000U);
  EXPECT_EQ(
      read_retry_after(with("Retry-After: 18000 (in a meeting) ;duration=3600"))->params.find("duration"),
      "3600");
  EXPECT_FALSE(read_retry_after(with("Retry-After: 949302838503028349304023988")));
}

TEST(Headers, ReadsWhatTransfersNeed) {
  const auto& message = with("r: \"Desk\" <sip:desk@h?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>");
  EXPECT_EQ(read_address(message, Header::refer_to)->uri.host, "h");
  const auto replaces = read_replaces(with("Replaces: 98@x;to-tag=t;from-tag=f;early-only"));
  ASSERT_TRUE(replaces);
  EXPECT_EQ(replaces->call_id, "98@x");
  EXPECT_EQ(replaces->from_tag, "f");
  EXPECT_TRUE(replaces->early_only);
  EXPECT_EQ(read_event(with("o: refer;id=93809824"))->params.find("id"), "93809824");
  EXPECT_EQ(read_subscription_state(with("Subscription-State: terminated;reason=noresource"))->name,
            "terminated");
}

TEST(Headers, ReadsIdentitiesPrivacyAndUserToUser) {
  const auto& message = with("P-Asserted-Identity: \"A\" <sip:a@h>, <tel:+19195550100>");
  std::vector<std::string> users;
  for (const auto value : message.values(Header::p_asserted_identity)) {
    users.emplace_back(parse_name_addr(value)->uri.user);
  }
  EXPECT_EQ(users, (std::vector<std::string>{"a", "+19195550100"}));
  EXPECT_TRUE(wants_privacy(with("Privacy: header; ID"), "id"));
  EXPECT_FALSE(wants_privacy(with("Privacy: none"), "id"));
  const auto uui = parse_user_to_user("56a390f3d2b7310023a;encoding=hex");
  ASSERT_TRUE(uui);
  EXPECT_EQ(uui->content, "56a390f3d2b7310023a");
  EXPECT_EQ(uui->params.find("encoding"), "hex");
  EXPECT_EQ(parse_user_to_user("\"a;b\";encoding=jwt")->content, "\"a;b\"");
  EXPECT_FALSE(parse_user_to_user("\"a"));
}

TEST(Headers, FindsTokensInLists) {
  const auto& message = with("Supported: timer, 100REL\r\nSupported:\r\nk: path\r\nAllow: INVITE,BYE");
  EXPECT_TRUE(lists_token(message, Header::supported, "100rel"));
  EXPECT_TRUE(lists_token(message, Header::supported, "path"));
  EXPECT_FALSE(lists_token(message, Header::supported, "replaces"));
  EXPECT_TRUE(lists_token(message, Header::allow, "BYE"));
  EXPECT_FALSE(lists_token(message, Header::allow, "bye"));
}

TEST(Headers, NumbersHaveTheirBounds) {
  EXPECT_FALSE(read_max_forwards(parse_datagram(test::invite_with("70", "256")).message));
  EXPECT_EQ(read_max_forwards(parse_datagram(test::invite_with("70", "0068")).message), 68U);
  EXPECT_FALSE(read_cseq(parse_datagram(test::invite_with("314159", "2147483648")).message));
  EXPECT_TRUE(read_cseq(parse_datagram(test::invite_with("314159", "2147483647")).message));
  EXPECT_FALSE(read_number(with("Expires: 4294967296"), Header::expires));
  EXPECT_EQ(read_number(with("Expires: 4294967295"), Header::expires), 4294967295U);
}

}  // namespace
}  // namespace portico::sip
