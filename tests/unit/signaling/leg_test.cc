#include "signaling/leg.h"

#include <gtest/gtest.h>

namespace portico::signaling {
namespace {

struct Row {
  const char* type;
  std::string body;
  char digit;  // 0: none
  int duration_ms = 160;
};

TEST(DigitOf, ReadsEachWritingOfADigitAndNothingElse) {
  const Row rows[] = {
      {"application/dtmf-relay", "Signal=5\r\nDuration=250\r\n", '5', 250},
      {"Application/DTMF-Relay;charset=utf-8", "signal= *\nduration= 80", '*', 80},
      {"application/dtmf-relay", "Duration=100\r\nSignal=#", '#', 100},
      {"application/dtmf-relay", "Signal=10\r\n", '*'},
      {"application/dtmf-relay", "Signal=11\r\n", '#'},
      {"application/dtmf-relay", "Signal=12\r\n", 'A'},
      {"application/dtmf-relay", "Signal=15\r\n", 'D'},
      {"application/dtmf-relay", "Signal=d\r\n", 'D'},
      {"application/dtmf-relay", "Signal=1 \r\nDuration=99999999999", '1'},
      {"application/dtmf-relay", "Signal=1\r\nDuration=60000", '1', 10'000},
      {"application/dtmf", "7", '7'},
      {"application/vnd.nortelnetworks.digits",
       "p=Digit-Collection\r\ny=Digits\r\ns=success\r\nu=17\r\ni=0\r\nd=5\r\n", '5'},
      {"application/vnd.nortelnetworks.digits", "d=11", '#'},
      {"application/vnd.nortelnetworks.digits", "Signal=5\r\nd=x", 0},
      {"application/dtmf ; x=y", "11\r\n", '#'},
      {"application/dtmf-relay", "Signal=16\r\nDuration=160\r\n", 0},  // a hook flash
      {"application/dtmf-relay", "Signal=1x", 0},
      {"application/dtmf-relay", "Signal=123", 0},
      {"application/dtmf-relay", "Signal=", 0},
      {"application/dtmf-relay", "Duration=160", 0},
      {"application/dtmf-relay", "", 0},
      {"application/dtmf", "E", 0},
      {"application/dtmf", std::string(1, '\0'), 0},
      {"application/dtmf", "", 0},
      {"application/dtmf-other", "5", 0},
      {"text/plain", "5", 0},
      {"", "5", 0},
  };
  for (const auto& row : rows) {
    const auto digit = digit_of({.type = row.type, .bytes = row.body});
    ASSERT_EQ(digit.has_value(), row.digit != 0) << row.type << ": " << row.body;
    if (!digit) continue;
    EXPECT_EQ(digit->digit, row.digit) << row.body;
    EXPECT_EQ(digit->duration, Millis(row.duration_ms)) << row.body;
  }
}

}  // namespace
}  // namespace portico::signaling
