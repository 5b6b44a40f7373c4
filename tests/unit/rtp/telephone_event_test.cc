#include "rtp/telephone_event.h"

#include <gtest/gtest.h>

namespace portico::rtp {
namespace {

TEST(TelephoneEvent, ReadsAndWritesItsFourBytes) {
  const Bytes bytes{11, 0x80 | 0x40 | 7, 0x03, 0x20};  // '#', end, reserved bit set, -7 dBm0, 800
  const auto event = parse_telephone_event(bytes);
  ASSERT_TRUE(event);
  EXPECT_EQ(*event, (TelephoneEvent{.event = 11, .end = true, .volume = 7, .duration = 800}));
  const auto written = write_telephone_event(*event);
  EXPECT_EQ(to_hex(written), "0b870320");  // the reserved bit is zero
}

TEST(TelephoneEvent, NeedsFourBytes) {
  EXPECT_EQ(parse_telephone_event(Bytes{1, 2, 3}).error(), Drop::event_bad_payload);
}

TEST(TelephoneEvent, NumbersDigitsAsRfc4733Does) {
  const std::string digits = "0123456789*#ABCD";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    EXPECT_EQ(event_of(digits[i]), static_cast<std::uint8_t>(i));
    EXPECT_EQ(digit_of(static_cast<std::uint8_t>(i)), digits[i]);
  }
  EXPECT_EQ(event_of('a'), 12);
  EXPECT_EQ(event_of('d'), 15);
  EXPECT_EQ(event_of('e'), std::nullopt);
  EXPECT_EQ(event_of('w'), std::nullopt);
  EXPECT_EQ(digit_of(16), std::nullopt);
}

}  // namespace
}  // namespace portico::rtp
