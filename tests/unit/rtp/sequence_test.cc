#include "rtp/sequence.h"

#include <gtest/gtest.h>

namespace portico::rtp {
namespace {

TEST(Sequence, NewerIsAheadOnTheCircle) {
  EXPECT_TRUE(newer_sequence(1, 0));
  EXPECT_TRUE(newer_sequence(0, 65535));
  EXPECT_FALSE(newer_sequence(65535, 0));
  EXPECT_FALSE(newer_sequence(5, 5));
  EXPECT_FALSE(newer_sequence(0x8000, 0));
  EXPECT_TRUE(newer_timestamp(10, 0xFFFF'FFF0));
  EXPECT_FALSE(newer_timestamp(0xFFFF'FFF0, 10));
}

TEST(SequenceExtender, CountsOnAcrossTheWrapAndBack) {
  SequenceExtender extender;
  EXPECT_EQ(extender.extend(65534), 65536U + 65534U);
  EXPECT_EQ(extender.extend(65535), 65536U + 65535U);
  EXPECT_EQ(extender.extend(0), 2 * 65536U);
  EXPECT_EQ(extender.extend(65535), 65536U + 65535U);  // late
  EXPECT_EQ(*extender.newest(), 2 * 65536U);
  EXPECT_EQ(extender.extend(1), 2 * 65536U + 1);
}

TEST(SequenceExtender, NumbersAPacketFromBeforeTheFirst) {
  SequenceExtender extender;
  const auto first = extender.extend(0);
  EXPECT_EQ(extender.extend(65535), first - 1);
}

TEST(SequenceExtender, GoesRoundManyTimes) {
  SequenceExtender extender;
  for (std::uint64_t i = 0; i < 200'000; i += 7) {
    EXPECT_EQ(extender.extend(static_cast<std::uint16_t>(i)), 65536 + i);
  }
}

TEST(TimestampExtender, CountsOnAcrossTheWrap) {
  TimestampExtender extender;
  const auto first = extender.extend(0xFFFF'FFA0);
  EXPECT_EQ(extender.extend(0x40), first + 160);
}

}  // namespace
}  // namespace portico::rtp
