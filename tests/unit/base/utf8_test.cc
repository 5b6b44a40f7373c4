#include "base/utf8.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

TEST(Utf8, TakesEveryLengthAndBothEndsOfEach) {
  for (const std::string_view good : {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                                      "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(first_bad_utf8(good), good.size()) << good;
  }
}

TEST(Utf8, PointsAtTheFirstBadByte) {
  for (const std::string_view bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
        "\xE2(\x80", "\xE2\x82(", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x9F\x98",
        "\xFE", "\xFF"}) {
    EXPECT_EQ(first_bad_utf8("ab" + std::string(bad) + "c"), 2U);
    EXPECT_EQ(first_bad_utf8("ab" + std::string(bad)), 2U);
  }
}

TEST(Utf8, CountsAndCutsCharacters) {
  EXPECT_EQ(count_characters("a\xC3\xA9\xF0\x9F\x98\x80"), 3U);
  EXPECT_EQ(first_characters("a\xC3\xA9z", 2), "a\xC3\xA9");
  EXPECT_EQ(first_characters("ab", 5), "ab");
  EXPECT_EQ(first_characters("ab", 0), "");
}

TEST(Utf8, MendsWhatIsNoCharacterAndKeepsTheRest) {
  EXPECT_EQ(mend_utf8("J\xC3\xB6rg \xF0\x9F\x93\x9E"), "J\xC3\xB6rg \xF0\x9F\x93\x9E");
  EXPECT_EQ(mend_utf8("J\xF6rg"), "J\xEF\xBF\xBDrg");
  EXPECT_EQ(mend_utf8("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(mend_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  for (int byte = 0; byte < 256; ++byte) {
    const auto mended = mend_utf8(std::string(3, static_cast<char>(byte)));
    EXPECT_EQ(first_bad_utf8(mended), mended.size()) << byte;
  }
}

TEST(Utf8, CutsBetweenCharacters) {
  EXPECT_EQ(first_bytes("a\xC3\xB6", 3), "a\xC3\xB6");
  EXPECT_EQ(first_bytes("a\xC3\xB6", 2), "a");
  EXPECT_EQ(first_bytes("\xF0\x9F\x93\x9E", 3), "");
  EXPECT_EQ(first_bytes("abc", 0), "");
}

}  // namespace
}  // namespace portico
