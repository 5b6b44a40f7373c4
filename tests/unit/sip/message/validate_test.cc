#include <gtest/gtest.h>

#include "sip/message/parse.h"
#include "sip/message/samples.h"

namespace portico::sip {
namespace {

struct Row {
  const char* from;
  const char* to;
  int status;
  const char* what;
};

TEST(Validate, FindsWhatARequestLacks) {
  for (const auto& row : {
           Row{"Via:", "X-Via:", 400, "Via missing"},
           Row{"From:", "X-From:", 400, "From missing or malformed"},
           Row{"To:", "X-To:", 400, "To missing or malformed"},
           Row{"Call-ID:", "X-Call-ID:", 400, "Call-ID missing or malformed"},
           Row{"CSeq:", "X-CSeq:", 400, "CSeq missing or malformed"},
           Row{"SIP/2.0/UDP 192", "SIP/2.0/UDP ;192", 400, "Via malformed"},
           Row{"\"Alice\" <", "\"Alice <", 400, "From missing or malformed"},
           Row{"To: <sip:7d", "To: *\r\nX: <sip:7d", 400, "To missing or malformed"},
           Row{"Call-ID: a84", "Call-ID: a 84", 400, "Call-ID missing or malformed"},
           Row{"CSeq: 314159 INVITE", "CSeq: 314159 invite", 400, "CSeq names another method"},
           Row{"CSeq: 314159 INVITE", "CSeq: 314159 BYE", 400, "CSeq names another method"},
           Row{"CSeq: 314159 INVITE", "CSeq: 314159", 400, "CSeq missing or malformed"},
           Row{"Max-Forwards: 70", "Max-Forwards: 300", 400, "Max-Forwards malformed"},
           Row{"Max-Forwards: 70", "Expires: never", 400, "Expires malformed"},
           Row{"application/sdp", "sdp", 400, "Content-Type malformed"},
           Row{"Contact: <sip:alice@192.0.2.7:5062>", "Contact: sip:a@h?x=y", 400, "Contact malformed"},
           Row{"Max-Forwards: 70", "Route: sip:", 400, "Route malformed"},
           Row{"Max-Forwards: 70", "Record-Route: *", 400, "Record-Route malformed"},
           Row{"INVITE sip:7d", "INVITE http:7d", 416, "URI scheme not supported"},
           Row{"INVITE sip:7d", "INVITE <sip:7d", 400, "Request-URI malformed"},
           Row{"@sip.example.org SIP", "@sip.example.org?a=b SIP", 400, "headers in the Request-URI"},
       }) {
    const auto parsed = parse_datagram(test::invite_with(row.from, row.to));
    ASSERT_TRUE(parsed.ok()) << row.to;
    const auto fault = validate_request(parsed.message);
    ASSERT_TRUE(fault) << row.to;
    EXPECT_EQ(fault->status, row.status) << row.to;
    EXPECT_EQ(fault->what, row.what) << row.to;
  }
}

TEST(Validate, FindsWhatIsThereTwice) {
  for (const auto* field :
       {"From: <sip:a@h>;tag=2", "t: <sip:a@h>", "i: x", "CSeq: 314159 INVITE", "Max-Forwards: 70",
        "c: application/sdp", "Expires: 1\r\nExpires: 1", "x: 90\r\nSession-Expires: 90"}) {
    const auto parsed = parse_datagram(test::invite_and(field));
    ASSERT_TRUE(parsed.ok()) << field;
    const auto fault = validate_request(parsed.message);
    ASSERT_TRUE(fault) << field;
    EXPECT_EQ(fault->status, 400);
    EXPECT_NE(fault->what.find("twice"), std::string_view::npos) << field;
  }
}

TEST(Validate, LetsSoundRequestsPass) {
  EXPECT_FALSE(validate_request(parse_datagram(std::string(test::kInvite)).message));
  EXPECT_FALSE(validate_request(parse_datagram(test::invite_with("Max-Forwards: 70\r\n", "")).message));
  EXPECT_FALSE(
      validate_request(parse_datagram(test::invite_with("INVITE sip:7d", "INVITE sips:7d")).message));
  EXPECT_FALSE(
      validate_request(parse_datagram(test::invite_with("Max-Forwards: 70", "Max-Forwards: 0")).message));
  EXPECT_FALSE(
      validate_request(parse_datagram(test::invite_and("Contact: <sip:b@h>\r\nX-Odd: ;;,,")).message));
}

TEST(Validate, JudgesResponsesTheSameWay) {
  const std::string sound =
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: "
      "<sip:b@h>;tag=2\r\n"
      "Call-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:c@h>\r\n\r\n";
  EXPECT_FALSE(validate_response(parse_datagram(sound).message));
  for (const auto* field : {"Via:", "From:", "To:", "Call-ID:", "CSeq:"}) {
    auto text = sound;
    text.replace(text.find(field), 1, "X");
    EXPECT_TRUE(validate_response(parse_datagram(text).message)) << field;
  }
}

TEST(Validate, KnowsAResponseThatIsForSomebodyElse) {
  for (const auto* vias : {"Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\nVia: SIP/2.0/UDP i;branch=z9hG4bK2\r\n",
                           "Via: SIP/2.0/UDP h;branch=z9hG4bK1, SIP/2.0/UDP i;branch=z9hG4bK2\r\n"}) {
    const auto fault = validate_response(
        parse_datagram("SIP/2.0 200 OK\r\n" + std::string(vias) +
                       "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 BYE\r\n\r\n")
            .message);
    ASSERT_TRUE(fault) << vias;
    EXPECT_EQ(fault->what, "response for another element");
  }
}

}  // namespace
}  // namespace portico::sip
