#include "net/udp_batch.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <string>

#include "base/counters.h"
#include "net/udp_drops.h"

namespace portico::net {
namespace {

Endpoint at(const char* text) { return *parse_endpoint(text); }

UdpSocket bound(const char* where, const UdpOptions& options = {}) {
  auto socket = UdpSocket::bind(at(where), options);
  EXPECT_TRUE(socket.has_value()) << socket.error().what;
  return std::move(*socket);
}

void wait_readable(const UdpSocket& socket) {
  pollfd poll_one{.fd = socket.fd(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&poll_one, 1, 20'000), 1) << "nothing came";
}

TEST(UdpSocket, TakesAnyFreePortAndSaysWhich) {
  const auto socket = bound("127.0.0.1:0");
  EXPECT_NE(socket.local().port, 0);
  EXPECT_EQ(socket.local().ip.to_string(), "127.0.0.1");
}

TEST(UdpSocket, SaysWhyItCannotBind) {
  const auto first = bound("127.0.0.1:0");
  const auto second = UdpSocket::bind(first.local());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::unavailable);
  EXPECT_NE(second.error().what.find(first.local().to_string()), std::string::npos) << second.error().what;
}

std::uint64_t not_fetched() {
  return counter("portico_udp_not_fetched_total", "", {{"socket", "tested"}}).value();
}

TEST(UdpBatch, CountsWhatTheKernelHadNoRoomFor) {
  const auto from = bound("127.0.0.1:0");
  auto first = bound("127.0.0.1:0", {.receive_buffer_bytes = 8'192, .use = "tested"});
  const auto socket = std::move(first);
  const std::string bytes(1'000, 'x');
  UdpReceiver receiver(1'500);
  const auto send = [&](int count) {
    UdpSender sender;
    for (int i = 0; i < count; ++i) ASSERT_TRUE(sender.queue(as_bytes(bytes), socket.local()));
    ASSERT_TRUE(sender.flush(from));
  };
  const auto fetch = [&] {
    std::uint64_t count = 0;
    wait_readable(socket);
    while (const auto size = receiver.receive(socket).size()) count += size;
    return count;
  };
  const auto before = not_fetched();
  std::uint64_t sent = 0;
  std::uint64_t fetched = 0;
  for (int round = 0; round < 3; ++round) {
    send(200);
    fetched += fetch();
    send(1);  // brings the count along
    fetched += fetch();
    sent += 201;
    ASSERT_LT(fetched, sent) << "nothing was lost: this test sees nothing";
    EXPECT_EQ(not_fetched() - before, sent - fetched);
  }
}

TEST(UdpSocket, SharesAPortWhereAsked) {
  const auto first = bound("127.0.0.1:0", {.reuse_port = true});
  const auto second = UdpSocket::bind(first.local(), {.reuse_port = true});
  EXPECT_TRUE(second.has_value());
}

TEST(UdpBatch, CarriesManyDatagramsInOrderWithTheirSource) {
  const auto sender_socket = bound("127.0.0.1:0");
  const auto socket = bound("127.0.0.2:0");
  UdpSender sender;
  constexpr int kCount = 200;  // several batches each way
  for (int i = 0; i < kCount; ++i)
    ASSERT_TRUE(sender.queue(as_bytes("packet " + std::to_string(i)), socket.local()));
  EXPECT_TRUE(sender.flush(sender_socket));
  EXPECT_EQ(sender.queued(), 0U);
  UdpReceiver receiver(1'500);
  int next = 0;
  while (next < kCount) {
    wait_readable(socket);
    const auto batch = receiver.receive(socket);
    EXPECT_LE(batch.size(), limits::kUdpBatch);
    for (const auto& datagram : batch) {
      EXPECT_EQ(as_text(datagram.bytes), "packet " + std::to_string(next++));
      EXPECT_EQ(datagram.source, sender_socket.local());
      EXPECT_EQ(datagram.destination, socket.local());
    }
  }
  EXPECT_TRUE(receiver.receive(socket).empty());
}

TEST(UdpBatch, OnAWildcardBindAnswersLeaveFromTheAddressTheRequestCameTo) {
  const auto client = bound("127.0.0.1:0");
  const auto server = bound("0.0.0.0:0");
  UdpReceiver receiver(1'500);
  UdpSender out;
  for (const auto* address : {"127.0.0.7", "127.9.9.9"}) {
    const Endpoint target{.ip = *parse_ip(address), .port = server.local().port};
    out.queue(as_bytes("ask"), target);
    ASSERT_TRUE(out.flush(client));
    wait_readable(server);
    const auto asked = receiver.receive(server);
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(asked[0].destination, target);
    out.queue(as_bytes("answer"), asked[0].source, asked[0].destination.ip);
    ASSERT_TRUE(out.flush(server));
    wait_readable(client);
    const auto answered = receiver.receive(client);
    ASSERT_EQ(answered.size(), 1U);
    EXPECT_EQ(answered[0].source, target);
  }
}

TEST(UdpBatch, WorksOverIpv6WithDestinations) {
  auto server = UdpSocket::bind(at("[::]:0"));
  if (!server) GTEST_SKIP() << "no IPv6 here: " << server.error().what;
  const auto client = bound("[::1]:0");
  UdpSender out;
  out.queue(as_bytes("six"), {.ip = *parse_ip("::1"), .port = server->local().port});
  ASSERT_TRUE(out.flush(client));
  wait_readable(*server);
  UdpReceiver receiver(100);
  const auto batch = receiver.receive(*server);
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(batch[0].source, client.local());
  EXPECT_EQ(batch[0].destination.ip.to_string(), "::1");
}

TEST(UdpBatch, CountsADatagramThatIsLongerThanItsSlot) {
  const auto client = bound("127.0.0.1:0");
  const auto server = bound("127.0.0.1:0");
  UdpSender out;
  out.queue(as_bytes(std::string(101, 'x')), server.local());
  out.queue(as_bytes(std::string(100, 'y')), server.local());
  ASSERT_TRUE(out.flush(client));
  const auto before = udp_drops(UdpDrop::truncated);
  UdpReceiver receiver(100);
  std::string got;
  while (got.empty()) {
    wait_readable(server);
    for (const auto& datagram : receiver.receive(server)) got += as_text(datagram.bytes);
  }
  EXPECT_EQ(got, std::string(100, 'y'));
  EXPECT_EQ(udp_drops(UdpDrop::truncated), before + 1);
}

TEST(UdpBatch, TellsWhenTheKernelGotADatagramThatWasReadLater) {
  const auto client = bound("127.0.0.1:0");
  const auto server = bound("127.0.0.1:0", {.arrival_times = true});
  UdpReceiver receiver(100);
  const auto send = [&](const char* bytes) {
    UdpSender out;
    out.queue(as_bytes(bytes), server.local());
    EXPECT_TRUE(out.flush(client));
  };
  // Both are read at once; the first had arrived before the second was sent.
  const auto told_apart = [&] {
    send("first");
    wait_readable(server);
    const auto between = Clock::now();
    send("second");
    const auto batch = receiver.receive(server);
    return batch.size() == 2 && batch[0].arrived <= between;
  };
  // The first batch only compares the clocks, and so does one between whose two readings the thread was put
  // to sleep; and the kernel begins to stamp a moment after it was asked to.
  bool told = false;
  for (int tries = 0; tries < 100'000 && !told; ++tries) told = told_apart();
  EXPECT_TRUE(told);
}

TEST(UdpBatch, AFullQueueDropsByName) {
  UdpSender out(2);
  const auto before = udp_drops(UdpDrop::queue_full);
  EXPECT_TRUE(out.queue(as_bytes("1"), at("127.0.0.1:9")));
  EXPECT_TRUE(out.queue(as_bytes("2"), at("127.0.0.1:9")));
  EXPECT_FALSE(out.queue(as_bytes("3"), at("127.0.0.1:9")));
  EXPECT_EQ(udp_drops(UdpDrop::queue_full), before + 1);
}

TEST(UdpBatch, ADatagramTheKernelRefusesDoesNotHoldUpTheOthers) {
  const auto client = bound("127.0.0.1:0");
  const auto server = bound("127.0.0.1:0");
  const auto before = udp_drops(UdpDrop::refused);
  UdpSender out;
  out.queue(as_bytes(std::string(65'535, 'x')), server.local());  // above what an IPv4 datagram can carry
  out.queue(as_bytes("fits"), server.local());
  EXPECT_TRUE(out.flush(client));
  wait_readable(server);
  UdpReceiver receiver(100);
  const auto batch = receiver.receive(server);
  ASSERT_EQ(batch.size(), 1U);
  EXPECT_EQ(as_text(batch[0].bytes), "fits");
  EXPECT_EQ(udp_drops(UdpDrop::refused), before + 1);
}

}  // namespace
}  // namespace portico::net
