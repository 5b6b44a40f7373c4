#include "bxml/verbs/send_dtmf.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(SendDtmf, ReadsDigitsPausesAndTimes) {
  const auto plain = only<SendDtmf>("<SendDtmf> 12,wW*#aBcD </SendDtmf>");
  EXPECT_EQ(plain.digits, "12,wW*#ABCD");
  EXPECT_EQ(plain.tone_duration, 200ms);
  EXPECT_EQ(plain.tone_interval, 400ms);
  const auto full = only<SendDtmf>("<SendDtmf toneDuration='120.0' toneInterval='5000'>1</SendDtmf>");
  EXPECT_EQ(full.tone_duration, 120ms);
  EXPECT_EQ(full.tone_interval, 5s);
}

TEST(SendDtmf, ChecksDigitsAndTimes) {
  const std::string_view pattern = "<SendDtmf %>1</SendDtmf>";
  expect_values(pattern, "toneDuration", {"50", "5000", "200.0"}, {"49", "49.9", "5000.1", "5001", "", "x"});
  expect_values(pattern, "toneInterval", {"50", "5000"}, {"49", "5001", "-1"});
  expect_unknown_ignored(pattern);
  const auto sent = [](const std::string& digits) {
    return reason_of("<SendDtmf>" + digits + "</SendDtmf>");
  };
  EXPECT_EQ(sent(std::string(50, '1')), "valid");
  EXPECT_EQ(sent(std::string(51, '1')), "<SendDtmf> text must be 1..50 characters long, but has 51");
  EXPECT_EQ(sent("1 2"),
            "<SendDtmf> text must consist of 0-9, *, #, A-D and the pauses , w W, but was \"1 2\"");
  EXPECT_EQ(sent("E"), "<SendDtmf> text must consist of 0-9, *, #, A-D and the pauses , w W, but was E");
  EXPECT_EQ(sent(""), "<SendDtmf> needs a text");
  EXPECT_EQ(sent("1<Pause/>"), "<Pause> is not allowed in <SendDtmf>");
}

}  // namespace
}  // namespace portico::bxml
