#include "rtp/mki.h"

#include <gtest/gtest.h>

namespace portico::rtp {
namespace {

const Bytes kMki{0xAA, 0xBB};

TEST(Mki, GoesInBeforeTheTagAndComesOut) {
  Bytes buffer{1, 2, 3, 7, 8, 9, 0, 0};
  EXPECT_EQ(insert_mki(buffer, 6, kMki, 3), 8U);
  EXPECT_EQ(to_hex(buffer), "010203aabb070809");
  EXPECT_TRUE(remove_mki(buffer, kMki, 3));
  EXPECT_EQ(to_hex(ByteView(buffer).first(6)), "010203070809");
}

TEST(Mki, MayBeShorterThanTheTagOrStandAtTheEnd) {
  Bytes buffer{1, 2, 0, 0};
  EXPECT_EQ(insert_mki(buffer, 2, kMki, 0), 4U);
  EXPECT_EQ(to_hex(buffer), "0102aabb");
  EXPECT_TRUE(remove_mki(buffer, kMki, 0));
}

TEST(Mki, OfAnotherKeyIsLeftAlone) {
  Bytes buffer{1, 0xAA, 0xCC, 9};
  EXPECT_FALSE(remove_mki(buffer, kMki, 1));
  EXPECT_EQ(to_hex(buffer), "01aacc09");
  EXPECT_FALSE(remove_mki(buffer, kMki, 3));
}

}  // namespace
}  // namespace portico::rtp
