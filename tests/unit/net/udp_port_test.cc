#include "net/udp_port.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>

#include "net/loop_runner.h"

namespace portico::net {
namespace {

const Endpoint kAny{.ip = *parse_ip("127.0.0.1"), .port = 0};

TEST(UdpPort, EchoesAThousandDatagramsThroughTheLoop) {
  IoLoop loop("test");
  UdpPort* echo_port = nullptr;
  auto echo = UdpPort::open(loop, {.ip = {}, .port = 0}, {}, [&](std::span<Datagram> batch) {
    for (const auto& d : batch) echo_port->send(d.bytes, d.source, d.destination.ip);
  });
  ASSERT_TRUE(echo.has_value());
  echo_port = echo->get();
  const Endpoint target{.ip = *parse_ip("127.0.0.5"), .port = (*echo)->local().port};

  constexpr int kCount = 1'000;
  int received = 0;
  int wrong = 0;
  Awaited<bool> done;
  UdpPort* client_port = nullptr;
  // One window of datagrams under way at a time: loopback drops what its buffers cannot hold.
  auto send_one = [&](int i) { client_port->send(as_bytes(std::to_string(i)), target); };
  auto client = UdpPort::open(loop, kAny, {}, [&](std::span<Datagram> batch) {
    for (const auto& d : batch) {
      if (d.source != target || as_text(d.bytes) != std::to_string(received)) ++wrong;
      if (++received + 31 < kCount) send_one(received + 31);
    }
    if (received == kCount) done.set(true);
  });
  ASSERT_TRUE(client.has_value());
  client_port = client->get();
  for (int i = 0; i < 32; ++i) send_one(i);
  loop.start();
  done.get();
  loop.stop();
  loop.join();
  EXPECT_EQ(received, kCount);
  EXPECT_EQ(wrong, 0);
}

TEST(UdpPort, MayBeClosedFromItsOwnCallback) {
  IoLoop loop("test");
  std::unique_ptr<UdpPort> port;
  Awaited<bool> closed;
  auto opened = UdpPort::open(loop, kAny, {}, [&](std::span<Datagram>) {
    port.reset();
    closed.set(true);
  });
  ASSERT_TRUE(opened.has_value());
  port = std::move(*opened);
  port->send(as_bytes("to myself"), port->local());
  loop.start();
  EXPECT_TRUE(closed.get());
  on_loop(loop, [] {});
}

TEST(UdpPort, GoesOnReadingAfterABatchThatThrows) {
  IoLoop loop("test");
  Awaited<bool> heard;
  bool told = false;
  auto port = UdpPort::open(loop, kAny, {}, [&](std::span<Datagram> batch) {
    if (as_text(batch.front().bytes) == "first") throw std::bad_alloc();
    if (!std::exchange(told, true)) heard.set(true);
  });
  ASSERT_TRUE(port.has_value());
  // What comes with the first is lost; the other certainly comes after it.
  (*port)->send(as_bytes("first"), (*port)->local());
  loop.call_at(loop.now() + 100ms, [&] { (*port)->send(as_bytes("second"), (*port)->local()); });
  loop.start();
  EXPECT_TRUE(heard.get());
  loop.stop();
  loop.join();
}

}  // namespace
}  // namespace portico::net
