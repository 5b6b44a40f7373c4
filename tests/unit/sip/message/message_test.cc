#include "sip/message/message.h"

#include <gtest/gtest.h>

#include <vector>

#include "sip/message/parse.h"
#include "sip/message/samples.h"

namespace portico::sip {
namespace {

std::vector<std::string> all(const Message& message, Header id) {
  std::vector<std::string> out;
  for (const auto value : message.values(id)) out.emplace_back(value);
  return out;
}

TEST(Message, ListsValuesOverAllFieldsOfAName) {
  const auto message = parse_datagram(test::invite_and("Route: <sip:a,b@h;lr>, \"x, y\" <sip:c@h>\r\n"
                                                       "Subject: a, b\r\n"
                                                       "Route: ,\r\n"
                                                       "ROUTE: <sip:d@h> ,, <sip:e@h>"))
                           .message;
  EXPECT_EQ(all(message, Header::route),
            (std::vector<std::string>{"<sip:a,b@h;lr>", "\"x, y\" <sip:c@h>", "<sip:d@h>", "<sip:e@h>"}));
  EXPECT_TRUE(message.values(Header::record_route).empty());
  EXPECT_EQ(message.values(Header::route).front(), "<sip:a,b@h;lr>");
  EXPECT_EQ(message.count(Header::route), 3U);
}

TEST(Message, KeepsUnknownFieldsInOrderAndAsWritten) {
  const auto message = parse_datagram(test::invite_and("X-b: 2\r\nx-A:  1 \r\nX-B: 3")).message;
  EXPECT_EQ(message.field(2).name, "X-b");
  EXPECT_EQ(message.field(3).name, "x-A");
  EXPECT_EQ(message.field(3).value, "1");
  EXPECT_EQ(message.field(3).id, Header::other);
  EXPECT_EQ(message.value("x-b"), "2");
  EXPECT_EQ(message.value("X-C"), "");
  EXPECT_EQ(message.value("v"), message.value(Header::via));
}

TEST(Message, ViewsSurviveAMove) {
  auto message = parse_datagram(std::string(test::kInvite)).message;
  const auto call_id = message.value(Header::call_id);
  const auto moved = std::move(message);
  EXPECT_EQ(call_id.data(), moved.value(Header::call_id).data());
  EXPECT_EQ(call_id, "a84b4c76e66710@pbx.example.net");
}

TEST(Message, ACopyStandsAlone) {
  Message copy;
  {
    const auto message = parse_datagram(std::string(test::kInvite)).message;
    copy = message;
  }
  EXPECT_EQ(copy.value(Header::cseq), "314159 INVITE");
  EXPECT_EQ(copy.body(), "v=0\n");
}

TEST(Message, AnUnclosedQuoteSwallowsTheRest) {
  std::string_view rest = "a, \"b, c";
  EXPECT_EQ(next_value(rest), "a");
  EXPECT_EQ(next_value(rest), "\"b, c");
  EXPECT_EQ(next_value(rest), "");
}

}  // namespace
}  // namespace portico::sip
