#include "portico/free_ports.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <vector>

#include "net/udp_socket.h"

namespace portico::app {
namespace {

const auto kLocal = IpAddress::v4(0x7F005B01);  // nobody else's here

bool has_free_pair(const PortStretch& ports) {
  for (int port = ports.low + ports.low % 2; port < ports.high; port += 2) {
    const auto rtp = net::UdpSocket::bind({.ip = kLocal, .port = static_cast<std::uint16_t>(port)});
    const auto rtcp = net::UdpSocket::bind({.ip = kLocal, .port = static_cast<std::uint16_t>(port + 1)});
    if (rtp && rtcp) return true;
  }
  return false;
}

TEST(FreePorts, AreAStretchOfUsualPorts) {
  for (const int port : {1, 1'024, 1'100, 40'001, 65'500, 65'535}) {
    const auto ports = ports_around(static_cast<std::uint16_t>(port));
    EXPECT_EQ(ports.high - ports.low, 127) << port;
    EXPECT_GE(ports.low, 1'024);
    if (port >= 1'024) EXPECT_TRUE(ports.low <= port && port <= ports.high + 1) << port;
  }
}

TEST(FreePorts, AreFoundBesideAServerThatHasTakenThousands) {
  rlimit descriptors{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &descriptors), 0);
  descriptors.rlim_cur = descriptors.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &descriptors), 0);
  const auto taken = std::min<rlim_t>(20'000, descriptors.rlim_max * 3 / 4);
  std::vector<net::UdpSocket> server;
  for (rlim_t n = 0; n < taken; ++n) {
    auto socket = net::UdpSocket::bind({.ip = kLocal, .port = static_cast<std::uint16_t>(36'000 + n)});
    if (socket) server.push_back(std::move(*socket));
  }
  ASSERT_GT(server.size(), taken / 2);
  for (int i = 0; i < 200; ++i) {
    const auto ports = free_ports(kLocal);
    ASSERT_TRUE(ports) << ports.error().what;
    ASSERT_TRUE(has_free_pair(*ports)) << ports->low << " to " << ports->high;
  }
}

}  // namespace
}  // namespace portico::app
