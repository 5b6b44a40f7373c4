#include "media/sender.h"

#include <algorithm>
#include <array>

#include "audio/frame.h"
#include "rtp/packet.h"

namespace portico::media {
namespace {

constexpr unsigned kFramesAPacketMax = 3;                // 60 ms
constexpr std::uint16_t kLastNumbers = 0x10000 - 4'096;  // 80 s before the wrap

}  // namespace

Sender::Sender(PortId port, const PortSeed& seed)
    : port_(port), ssrc_(seed.ssrc), sequence_(seed.sequence), timestamp_(seed.timestamp) {}

void Sender::configure(const StreamDescription& stream) {
  const auto frames =
      static_cast<unsigned>(std::max<std::int64_t>(1, stream.ptime.count() / audio::kFrameMs));
  const auto frames_a_packet =
      stream.codec == Codec::opus ? 1 : std::min(frames, kFramesAPacketMax);  // Opus frames cannot be joined
  const bool goes_on = codec_ == stream.codec && payload_type_ == stream.send_payload_type &&
                       frames_a_packet_ == frames_a_packet && send_ == stream.send;
  codec_ = stream.codec;
  payload_type_ = stream.send_payload_type;
  event_type_ = stream.send_event_type;
  event_clock_ = stream.event_clock;
  send_ = stream.send;
  frames_a_packet_ = frames_a_packet;
  if (goes_on) return;  // frames that wait for their packet wait on: a refresh is not heard
  waiting_ = 0;
  waiting_payload_.clear();
}

// Were all packets before a wrap lost, the far side could not know of it, and its roll-over counter would be
// wrong as long as the key lives.
void Sender::change_key() {
  if (sequence_ >= kLastNumbers) sequence_ &= 0x7FFF;
}

void Sender::send_audio(const Path& path, ByteView payload, bool talking, Outputs& out) {
  const bool marker = (talking && !talking_) || packets_ == 0;
  talking_ = talking && send_;  // after a hold the far side hears a talk spurt begin
  const Head head{.payload_type = payload_type_, .marker = marker, .timestamp = timestamp_};
  if (frames_a_packet_ == 1) return send(path, head, payload, out);
  if (waiting_ == 0) waiting_head_ = head;
  waiting_head_.marker |= marker;
  waiting_payload_.insert(waiting_payload_.end(), payload.begin(), payload.end());
  if (++waiting_ == frames_a_packet_) flush(path, out);
}

void Sender::flush(const Path& path, Outputs& out) {
  if (waiting_ == 0) return;
  send(path, waiting_head_, waiting_payload_, out);
  waiting_ = 0;
  waiting_payload_.clear();
}

void Sender::send_event(const Path& path, const rtp::EventSender::Out& event, Outputs& out) {
  if (!event_type_) return;
  flush(path, out);
  const auto payload = rtp::write_telephone_event(event.event);
  send(path, {.payload_type = *event_type_, .marker = event.marker, .timestamp = event.timestamp}, payload,
       out);
}

void Sender::advance() { timestamp_ += audio::frame_ticks(codec_); }

// What waits no longer joins on, and the far side may adapt at the next frame, which bears the marker.
void Sender::skip(std::uint32_t frames) {
  timestamp_ += frames * audio::frame_ticks(codec_);
  waiting_ = 0;
  waiting_payload_.clear();
  talking_ = false;
}

void Sender::send(const Path& path, const Head& head, ByteView payload, Outputs& out) {
  if (!send_ || !path.target || payload.empty()) return;
  const auto offset = out.buffer.size();
  auto size = rtp::kHeaderBytes + payload.size();
  out.buffer.resize(offset + size + (path.srtp != nullptr ? rtp::kSrtpTrailerBytesMax : 0));
  const auto room = std::span(out.buffer).subspan(offset);
  rtp::write_header({.payload_type = head.payload_type,
                     .marker = head.marker,
                     .sequence = sequence_,
                     .timestamp = head.timestamp,
                     .ssrc = ssrc_},
                    room);
  std::copy(payload.begin(), payload.end(), room.begin() + rtp::kHeaderBytes);
  ++sequence_;
  if (path.srtp != nullptr) {
    const auto protect = path.srtp->protect_rtp(room, size);
    if (!protect) {
      rtp::count(protect.error());
      return out.buffer.resize(offset);
    }
    size = *protect;
    out.buffer.resize(offset + size);
  }
  ++packets_;
  octets_ += payload.size();
  out.packets.push_back({.port = port_,
                         .rtcp = false,
                         .to = *path.target,
                         .offset = static_cast<std::uint32_t>(offset),
                         .size = static_cast<std::uint32_t>(size)});
}

}  // namespace portico::media
