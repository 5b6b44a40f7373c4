#include "http/host_queue.h"

#include <gtest/gtest.h>

namespace portico::http {
namespace {

TEST(HostQueue, ServesHostsInTurnAndEachInOrder) {
  HostQueue queue(10, 10);
  for (const std::uint64_t id : {1U, 2U, 3U}) queue.add("a", "", id);
  queue.add("b", "", 4);
  for (const std::uint64_t id : {1U, 4U, 2U, 3U}) EXPECT_EQ(queue.next(), id);
  EXPECT_EQ(queue.next(), std::nullopt);
}

TEST(HostQueue, ServesWhoAsksAHostInTurn) {
  HostQueue queue(2, 10);
  for (const std::uint64_t id : {1U, 2U, 3U, 4U, 5U}) queue.add("a", "hangs", id);
  EXPECT_EQ(queue.next(), 1U);
  EXPECT_EQ(queue.next(), 2U);
  queue.add("a", "other", 6);
  queue.add("a", "third", 7);
  queue.add("a", "other", 8);
  EXPECT_EQ(queue.next(), std::nullopt);
  queue.remove("a", "hangs", 1);
  EXPECT_EQ(queue.next(), 6U) << "not behind what waited before";
  queue.remove("a", "other", 6);
  EXPECT_EQ(queue.next(), 7U);
  queue.remove("a", "hangs", 2);
  EXPECT_EQ(queue.next(), 3U);
  queue.remove("a", "hangs", 4);  // gave up waiting
  queue.remove("a", "hangs", 3);
  EXPECT_EQ(queue.next(), 8U);
  queue.remove("a", "third", 7);
  EXPECT_EQ(queue.next(), 5U);
}

TEST(HostQueue, HoldsAHostThatHasAsManyAsItMay) {
  HostQueue queue(1, 10);
  for (const std::uint64_t id : {1U, 2U, 3U}) queue.add("a", "", id);
  EXPECT_EQ(queue.next(), 1U);
  EXPECT_EQ(queue.next(), std::nullopt);
  queue.add("b", "", 4);
  EXPECT_EQ(queue.next(), 4U) << "another host's is not kept waiting";
  queue.remove("a", "", 1);
  EXPECT_EQ(queue.next(), 2U);
  queue.remove("b", "", 4);
  EXPECT_EQ(queue.next(), std::nullopt);
}

TEST(HostQueue, HoldsAllWhenThereIsNoPlaceLeft) {
  HostQueue queue(10, 2);
  queue.add("a", "", 1);
  queue.add("b", "", 2);
  queue.add("c", "", 3);
  EXPECT_EQ(queue.next(), 1U);
  EXPECT_EQ(queue.next(), 2U);
  EXPECT_EQ(queue.next(), std::nullopt);
  queue.remove("b", "", 2);
  EXPECT_EQ(queue.next(), 3U);
}

TEST(HostQueue, ForgetsWhoGivesUpWaiting) {
  HostQueue queue(1, 10);
  for (const std::uint64_t id : {1U, 2U, 3U}) queue.add("a", "", id);
  EXPECT_EQ(queue.next(), 1U);
  queue.remove("a", "", 2);
  queue.remove("a", "", 1);
  EXPECT_EQ(queue.next(), 3U);
  queue.remove("a", "", 3);
  queue.add("b", "", 4);
  queue.remove("b", "", 4);
  EXPECT_EQ(queue.next(), std::nullopt);
}

}  // namespace
}  // namespace portico::http
