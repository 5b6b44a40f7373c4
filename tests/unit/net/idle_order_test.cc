#include "net/idle_order.h"

#include <gtest/gtest.h>

#include <deque>

namespace portico::net {
namespace {

class IdleOrderTest : public ::testing::Test {
 protected:
  // One that comes from that address, and says something or not.
  IdleOrder::Id come(std::uint32_t address, bool speaks = false) {
    places_.push_back({.source = IpAddress::v4(address)});
    order_.put(places_.size(), places_.back(), false);
    if (speaks) speak(places_.size());
    return places_.size();
  }
  void speak(IdleOrder::Id id) { order_.put(id, place(id), true); }
  // The one whose place is taken.
  IdleOrder::Id take() {
    const auto first = order_.first();
    EXPECT_TRUE(first);
    if (!first) return 0;
    order_.remove(place(*first));
    return *first;
  }
  IdleOrder::Place& place(IdleOrder::Id id) { return places_.at(id - 1); }

  IdleOrder order_;
  std::deque<IdleOrder::Place> places_;
};

TEST_F(IdleOrderTest, ThoseThatHaveSaidNothingGoBeforeOthersTheLongestSilentFirst) {
  const auto one = come(1, true);
  const auto two = come(2);
  const auto three = come(3);
  EXPECT_EQ(take(), two);
  EXPECT_EQ(take(), three);
  EXPECT_EQ(take(), one);
  EXPECT_FALSE(order_.first());
}

TEST_F(IdleOrderTest, WhoSpeaksAgainGoesLater) {
  const auto one = come(1, true);
  const auto two = come(2, true);
  speak(one);
  EXPECT_EQ(take(), two);
  EXPECT_EQ(take(), one);
}

TEST_F(IdleOrderTest, WhatIsRemovedIsNotChosen) {
  const auto one = come(1);
  order_.remove(place(one));
  order_.remove(place(one));
  EXPECT_FALSE(order_.first());
  order_.put(one, place(one), false);
  EXPECT_EQ(take(), one);
}

// 32 addresses that say a word now and then had the table to themselves: whoever came was the only one that
// had said nothing yet.
TEST_F(IdleOrderTest, ANewcomerOutlivesManyTalkersOfFewAddresses) {
  for (std::uint32_t address = 1; address <= 32; ++address) {
    for (int i = 0; i < 256; ++i) come(address, true);
  }
  const auto trunk = come(100, true);
  for (int i = 0; i < 256 * 32; ++i) come(1 + static_cast<std::uint32_t>(i) % 32, true);
  const auto newcomer = come(101);
  for (int i = 0; i < 10'000; ++i) {
    const auto gone = take();
    ASSERT_NE(gone, newcomer) << i;
    ASSERT_NE(gone, trunk) << i;
    come(1 + static_cast<std::uint32_t>(i) % 32, true);
  }
}

TEST_F(IdleOrderTest, ANewcomerHasTimeToSpeakWhereManyAddressesTalk) {
  for (std::uint32_t address = 1; address <= 1'000; ++address) come(address, true);
  const auto newcomer = come(2'000);
  for (std::uint32_t address = 1; address <= 400; ++address) {
    ASSERT_NE(take(), newcomer) << address;
    come(3'000 + address, true);
  }
}

TEST_F(IdleOrderTest, ManyAddressesThatSayNothingTakeNoPlaceOfOneThatSpoke) {
  const auto trunk = come(1, true);
  for (std::uint32_t address = 2; address <= 1'000; ++address) come(address);
  for (std::uint32_t address = 2'000; address <= 4'000; ++address) {
    ASSERT_NE(take(), trunk) << address;
    come(address);
  }
}

}  // namespace
}  // namespace portico::net
