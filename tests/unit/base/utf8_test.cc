#include "base/utf8.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

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
