#include "sip/message/escape.h"

#include <gtest/gtest.h>

namespace portico::sip {
namespace {

TEST(Escape, TakesEscapesOut) {
  EXPECT_EQ(unescape("%75se%72"), "user");
  EXPECT_EQ(unescape("sips%3Auser%40example.com"), "sips:user@example.com");
  EXPECT_EQ(unescape("null-%00-null"), std::string("null-\0-null", 11));
  EXPECT_EQ(unescape("v%61lue%25%34%31"), "value%41");
}

TEST(Escape, LeavesAPercentThatEscapesNothing) {
  EXPECT_EQ(unescape("%Z%45"), "%ZE");
  EXPECT_EQ(unescape("100%"), "100%");
  EXPECT_EQ(unescape("%4"), "%4");
  EXPECT_FALSE(well_formed_escapes("%Z1"));
  EXPECT_FALSE(well_formed_escapes("a%4"));
  EXPECT_TRUE(well_formed_escapes("a%4A"));
}

TEST(Escape, EscapesWhatThePartMayNotHold) {
  EXPECT_EQ(escape_user("I have spaces@home"), "I%20have%20spaces%40home");
  EXPECT_EQ(escape_user("+1-919;ext=3"), "+1-919;ext=3");
  EXPECT_EQ(escape_user("*21#\r\n"), "*21%23%0D%0A");
  EXPECT_EQ(escape_param("a=b;c"), "a%3Db%3Bc");
  EXPECT_EQ(escape_uri_header("<sip:a@b;lr>"), "%3Csip:a%40b%3Blr%3E");
  EXPECT_EQ(unescape(escape_user("\xD1\x80 \x01%")), "\xD1\x80 \x01%");
}

TEST(Quote, KeepsTheTextAndNothingElse) {
  EXPECT_EQ(quote("Bell, \"Al\""), "\"Bell, \\\"Al\\\"\"");
  EXPECT_EQ(unquote("\"Bell, \\\"Al\\\"\""), "Bell, \"Al\"");
  EXPECT_EQ(quote("a\r\nb"), "\"a  b\"");
  EXPECT_EQ(unquote("plain"), "plain");
  EXPECT_EQ(unquote("\""), "\"");
  EXPECT_EQ(unquote(""), "");
}

}  // namespace
}  // namespace portico::sip
