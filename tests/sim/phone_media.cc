#include "sim/phone_media.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "rtp/packet.h"
#include "rtp/telephone_event.h"
#include "sdp/session_description.h"

namespace portico::sim {
namespace {

constexpr std::uint32_t kSsrc = 0xCAFE;
constexpr std::uint32_t kFrameTicks = 160;
constexpr unsigned kPcmu = 0, kPcma = 8;  // RFC 3551: payload types, and all that we say we take

// Silence is one sample over and over in both codecs.
bool is_audible(std::string_view packet) {
  if (packet.size() <= rtp::kHeaderBytes) return false;
  const auto payload_type = static_cast<unsigned char>(packet[1]) & 0x7FU;
  const auto payload = packet.substr(rtp::kHeaderBytes);
  return (payload_type == kPcmu || payload_type == kPcma) &&
         payload.find_first_not_of(payload.front()) != std::string_view::npos;
}

}  // namespace

PhoneMedia::PhoneMedia(async::Loop& loop, Network& network, const Endpoint& at, std::uint64_t seed)
    : loop_(loop), network_(network), at_(at), luck_(seed) {
  network_.attach(at_, [this](const Datagram& datagram) { on_packet(datagram); });
}

void PhoneMedia::on_packet(const Datagram& datagram) {
  auto& sound = heard_[datagram.from];
  ++sound.packets;
  sound.audible += is_audible(datagram.bytes) ? 1 : 0;
}

std::size_t PhoneMedia::pressed_until(TimePoint when) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(pressed_at_, when) - pressed_at_.begin());
}

void PhoneMedia::talk_to(const std::string& text) {
  const auto description = sdp::parse(text);
  if (!description || description->media.empty()) return;
  const auto& audio = description->media.front();
  const auto& connection = audio.connection ? audio.connection : description->connection;
  if (!connection || !connection->ip || audio.port == 0) return;
  if (!to_) since_ = loop_.now();
  to_ = Endpoint{.ip = *connection->ip, .port = audio.port};
  talking_ = true;
  if (!std::exchange(running_, true)) send_next();
}

void PhoneMedia::send_next() {
  if (!talking_) {
    running_ = false;
    return;
  }
  if (!key_ && luck_.one_in(100)) {
    const auto event = static_cast<std::uint8_t>(luck_.below(12));
    pressed_ += "0123456789*#"[event];
    pressed_at_.push_back(loop_.now());
    key_.emplace(rtp::EventSender::Digit{.event = event}, timestamp_, 8'000);
  }
  const auto out = key_ ? key_->next() : std::nullopt;
  if (out) {
    const auto payload = rtp::write_telephone_event(out->event);
    send(101, out->marker, out->timestamp, std::string(payload.begin(), payload.end()));
  } else {
    key_.reset();
    send(0, false, timestamp_, std::string(kFrameTicks, '\xff'));
  }
  timestamp_ += kFrameTicks;
  loop_.call_at(loop_.now() + 20ms, [this] { send_next(); });
}

void PhoneMedia::send(std::uint8_t payload_type, bool marker, std::uint32_t timestamp,
                      const std::string& payload) {
  std::array<std::uint8_t, rtp::kHeaderBytes> header{};
  rtp::write_header({.payload_type = payload_type,
                     .marker = marker,
                     .sequence = sequence_++,
                     .timestamp = timestamp,
                     .ssrc = kSsrc},
                    header);
  network_.send({.from = at_, .to = *to_, .bytes = std::string(header.begin(), header.end()) + payload});
}

}  // namespace portico::sim
