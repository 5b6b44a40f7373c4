#include "medianode/socket_pairs.h"

#include <gtest/gtest.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/limits.h"
#include "net/udp_drops.h"

namespace portico::medianode {
namespace {

const IpAddress kLoopback = IpAddress::v4(0x7F00002D);

class SocketPairsTest : public testing::Test {
 protected:
  SocketPairsTest() : epoll_(epoll_create1(0)) {}
  ~SocketPairsTest() override { ::close(epoll_); }
  SocketPairs pairs(std::uint16_t low, std::uint16_t high, PairId first = 0) const {
    return {kLoopback, *PortRange::make(low, high, 1), 0, 1'000, first, epoll_};
  }
  const int epoll_;
};

TEST_F(SocketPairsTest, AClosedPairIsOpenedAgainFirst) {
  auto own = pairs(23'000, 23'099);
  EXPECT_EQ(own.open().value(), 0U);
  EXPECT_EQ(own.open().value(), 1U);
  EXPECT_EQ(own.open().value(), 2U);
  own.close(1);
  EXPECT_EQ(own.open().value(), 1U);
  EXPECT_EQ(own.open().value(), 3U) << "open ones are passed over";
}

TEST_F(SocketPairsTest, AllAreOpenedWhicheverIsTheFirst) {
  auto own = pairs(23'600, 23'609, 3);
  for (const PairId pair : {3U, 4U, 0U, 1U, 2U}) EXPECT_EQ(own.open().value(), pair);
  EXPECT_FALSE(own.open());
}

TEST_F(SocketPairsTest, PortsThatOthersHoldArePassedOver) {
  std::vector<net::UdpSocket> others;
  for (std::uint16_t port = 23'200; port < 23'400; port = static_cast<std::uint16_t>(port + 2)) {
    others.push_back(net::UdpSocket::bind({.ip = kLoopback, .port = port}, {.use = "test"}).value());
  }
  auto own = pairs(23'200, 23'499);
  EXPECT_EQ(own.open().error().code, Code::unavailable) << "it does not search for ever";
  EXPECT_EQ(own.open().value(), 100U) << "nor the same ones again";
  others.clear();
  own.close(100);
  for (int n = 0; n < 150; ++n) EXPECT_TRUE(own.open()) << n;
  EXPECT_EQ(own.open().error().code, Code::unavailable) << "all are open";
}

// What 1,000 legs of a thread that was late have to send.
TEST_F(SocketPairsTest, MoreThanMayWaitIsSentWhileTheKernelTakesIt) {
  auto own = pairs(23'700, 23'709);
  const auto pair = own.open().value();
  const auto party = net::UdpSocket::bind({.ip = kLoopback, .port = 0}, {.use = "test"}).value();
  const Bytes packet(172);
  const auto dropped = net::udp_drops(net::UdpDrop::queue_full);
  for (std::size_t n = 0; n < limits::kUdpSendQueueMax + 1'000; ++n)
    own.queue(pair, false, packet, party.local(), {});
  own.flush();
  EXPECT_EQ(net::udp_drops(net::UdpDrop::queue_full), dropped);
}

}  // namespace
}  // namespace portico::medianode
