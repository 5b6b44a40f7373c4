#include "medianode/port_range.h"

#include <gtest/gtest.h>

#include <set>

namespace portico::medianode {
namespace {

TEST(PortRange, DealsEvenPortsOutToTheThreads) {
  const auto range = PortRange::make(10'001, 10'010, 2);  // 10002/3 … 10008/9; 10010 has no odd one above it
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(range->pairs(), 4U);
  std::set<std::uint16_t> ports;
  for (unsigned thread = 0; thread < 2; ++thread)
    for (std::uint32_t n = 0; n < range->pairs_of_thread(); ++n) ports.insert(range->rtp_port(thread, n));
  EXPECT_EQ(ports, (std::set<std::uint16_t>{10'002, 10'004, 10'006, 10'008}));
}

TEST(PortRange, ReachesTheLastPort) {
  const auto range = PortRange::make(65'534, 65'535, 1);
  ASSERT_TRUE(range.has_value());
  EXPECT_EQ(range->rtp_port(0, 0), 65'534);
}

TEST(PortRange, RefusesARangeWithoutAPairForEachThread) {
  EXPECT_EQ(PortRange::make(10'000, 10'000, 1).error().code, Code::invalid);
  EXPECT_EQ(PortRange::make(10'001, 10'002, 1).error().code, Code::invalid);
  EXPECT_EQ(PortRange::make(10'000, 10'003, 3).error().code, Code::invalid);
  EXPECT_EQ(PortRange::make(10'010, 10'000, 1).error().code, Code::invalid);
  EXPECT_EQ(PortRange::make(10'000, 10'003, 0).error().code, Code::invalid);
}

}  // namespace
}  // namespace portico::medianode
