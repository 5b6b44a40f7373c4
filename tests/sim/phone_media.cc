#include "sim/phone_media.h"

#include "rtp/packet.h"
#include "rtp/telephone_event.h"
#include "sdp/session_description.h"

namespace portico::sim {
namespace {

constexpr std::uint32_t kSsrc = 0xCAFE;
constexpr std::uint32_t kFrameTicks = 160;

}  // namespace

void PhoneMedia::talk_to(const std::string& text) {
  const auto description = sdp::parse(text);
  if (!description || description->media.empty()) return;
  const auto& audio = description->media.front();
  const auto& connection = audio.connection ? audio.connection : description->connection;
  if (!connection || !connection->ip || audio.port == 0) return;
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
