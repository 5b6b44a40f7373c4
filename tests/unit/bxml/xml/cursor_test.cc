#include "bxml/xml/cursor.h"

#include <gtest/gtest.h>

namespace portico::bxml {
namespace {

TEST(Cursor, CountsLinesAndCharacters) {
  Cursor cursor(
      "a\xC3\xA9"
      "b\r\nc\rd\ne");
  EXPECT_EQ(cursor.at(0), (Position{1, 1}));
  EXPECT_EQ(cursor.at(3), (Position{1, 3}));
  EXPECT_EQ(cursor.at(6), (Position{2, 1}));
  EXPECT_EQ(cursor.at(8), (Position{3, 1}));
  EXPECT_EQ(cursor.at(10), (Position{4, 1}));
}

TEST(Cursor, StartsOverForAnEarlierOffset) {
  Cursor cursor("ab\ncd");
  EXPECT_EQ(cursor.at(4), (Position{2, 2}));
  EXPECT_EQ(cursor.at(1), (Position{1, 2}));
}

TEST(Cursor, StaysAtTheEnd) {
  Cursor cursor("ab\n");
  EXPECT_EQ(cursor.at(99), (Position{2, 1}));
}

}  // namespace
}  // namespace portico::bxml
