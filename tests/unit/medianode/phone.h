#pragma once
// For tests: a far side with a real socket, and the events of a node's ports.

#include <gtest/gtest.h>
#include <poll.h>

#include <cmath>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "audio/g711.h"
#include "media/events.h"
#include "medianode/media_node.h"
#include "net/udp_batch.h"
#include "rtp/packet.h"

namespace portico::medianode {

inline constexpr auto kPatience = 20s;  // fails the test rather than hang

class Events {
 public:
  EventSink sink() {
    return [this](media::Event event) {
      const std::lock_guard lock(mutex_);
      events_.push_back(std::move(event));
      arrived_.notify_all();
    };
  }

  // The first event of that kind for the port; it is taken out.
  template <typename Event>
  std::optional<Event> wait(media::PortId port) {
    std::unique_lock lock(mutex_);
    std::optional<Event> found;
    arrived_.wait_for(lock, kPatience, [&] {
      for (auto it = events_.begin(); it != events_.end(); ++it) {
        const auto* event = std::get_if<Event>(&*it);
        if (event == nullptr || event->port != port) continue;
        found = *event;
        events_.erase(it);
        return true;
      }
      return false;
    });
    if (!found) ADD_FAILURE() << "the event did not come for port " << port;
    return found;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<media::Event> events_;
};

class Phone {
 public:
  explicit Phone(const char* address = "127.0.0.1")
      : socket_(*net::UdpSocket::bind({.ip = *parse_ip(address), .port = 0})), receiver_(2'048, 1) {}

  const Endpoint& address() const { return socket_.local(); }

  media::StreamDescription stream() const {
    media::StreamDescription described;
    described.remote_rtp = address();
    described.remote_rtcp = {.ip = address().ip, .port = static_cast<std::uint16_t>(address().port + 1)};
    return described;
  }

  // One 20 ms packet of a tone (0: silence), G.711 u-law.
  void speak(const Endpoint& to, double hz = 0) {
    std::vector<std::uint8_t> packet(rtp::kHeaderBytes + 160);
    rtp::write_header(
        {.payload_type = 0, .marker = false, .sequence = sequence_++, .timestamp = timestamp_, .ssrc = ssrc_},
        packet);
    for (std::size_t i = 0; i < 160; ++i) {
      const auto angle = 2.0 * 3.14159265358979 * hz * static_cast<double>(timestamp_ + i) / 8'000.0;
      packet[rtp::kHeaderBytes + i] =
          audio::ulaw_from_linear(static_cast<std::int16_t>(8'000.0 * std::sin(angle)));
    }
    timestamp_ += 160;
    send(packet, to);
  }

  void send(ByteView bytes, const Endpoint& to) {
    sender_.queue(bytes, to);
    EXPECT_TRUE(sender_.flush(socket_));
  }

  struct Heard {
    std::vector<std::int16_t> samples;
    Endpoint from;
  };
  std::optional<Heard> hear() {
    pollfd readable{.fd = socket_.fd(), .events = POLLIN, .revents = 0};
    if (::poll(&readable, 1, static_cast<int>(Millis(kPatience).count())) != 1) {
      ADD_FAILURE() << "no packet came";
      return std::nullopt;
    }
    const auto batch = receiver_.receive(socket_);
    if (batch.empty()) return std::nullopt;
    const auto packet = rtp::parse_packet(batch[0].bytes);
    if (!packet) return std::nullopt;
    Heard heard{.samples = std::vector<std::int16_t>(packet->payload.size()), .from = batch[0].source};
    audio::decode_ulaw(packet->payload, heard.samples);
    return heard;
  }

 private:
  net::UdpSocket socket_;
  net::UdpReceiver receiver_;
  net::UdpSender sender_;
  std::uint16_t sequence_ = 100;
  std::uint32_t timestamp_ = 0;
  std::uint32_t ssrc_ = 0x1234;
};

}  // namespace portico::medianode
