#pragma once
// The far side of a port, and a bench with one engine on injected time: packets in, packets out, sounds
// judged by their content.

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "audio/codec.h"
#include "audio/frame.h"
#include "audio/tones.h"
#include "media/engine.h"
#include "rtp/event_sender.h"
#include "rtp/packet.h"
#include "rtp/srtp.h"

namespace portico::media {

inline constexpr PortId kPort = 7;
inline const Endpoint kPartyAddress = *parse_endpoint("192.0.2.10:4000");
inline const Endpoint kStranger = *parse_endpoint("203.0.113.66:4000");

inline TimePoint at(Millis since_start) { return TimePoint(std::chrono::hours(5)) + since_start; }

class Sounds : public SoundSource {
 public:
  std::shared_ptr<const audio::Pcm> find(const SoundKey& key) override {
    ++lookups;
    const auto found = sounds.find(key);
    return found == sounds.end() ? nullptr : found->second;
  }
  void put(const SoundKey& key, audio::Pcm sound) {
    sounds[key] = std::make_shared<audio::Pcm>(std::move(sound));
  }

  std::map<SoundKey, std::shared_ptr<const audio::Pcm>> sounds;
  int lookups = 0;
};

inline StreamDescription stream_of(Codec codec) {
  StreamDescription stream;
  stream.codec = codec;
  stream.send_payload_type = codec == Codec::pcma   ? 8
                             : codec == Codec::g722 ? 9
                             : codec == Codec::opus ? 111
                                                    : 0;
  stream.receive_payload_type = stream.send_payload_type;
  stream.send_event_type = 101;
  stream.receive_event_type = 101;
  stream.event_clock = rtp_clock_rate(codec);
  stream.remote_rtp = kPartyAddress;
  stream.remote_rtcp = {.ip = kPartyAddress.ip, .port = 4001};
  return stream;
}

// Talks like a phone: encodes, numbers, and if need be protects.
class Party {
 public:
  explicit Party(const StreamDescription& stream)
      : stream_(stream), encoder_(audio::make_encoder(stream.codec)) {}

  Bytes packet(std::uint8_t payload_type, ByteView payload, std::uint32_t packet_timestamp,
               bool marker = false) {
    Bytes out(rtp::kHeaderBytes + payload.size());
    rtp::write_header({.payload_type = payload_type,
                       .marker = marker,
                       .sequence = sequence++,
                       .timestamp = packet_timestamp,
                       .ssrc = ssrc},
                      out);
    std::copy(payload.begin(), payload.end(), out.begin() + rtp::kHeaderBytes);
    return protect(std::move(out));
  }
  Bytes audio(audio::Samples frame) {
    Bytes payload(audio::kPayloadBytesMax);
    payload.resize(encoder_->encode(frame, payload));
    auto out = packet(stream_.receive_payload_type, payload, timestamp);
    timestamp += audio::frame_ticks(stream_.codec);
    return out;
  }
  Bytes silence() { return audio(std::vector<std::int16_t>(audio::frame_samples(stream_.codec), 0)); }

  void use_srtp(const SrtpKeyPair& keys) { srtp_.emplace(std::move(*rtp::SrtpSession::create(keys))); }
  rtp::SrtpSession* srtp() { return srtp_ ? &*srtp_ : nullptr; }

  std::uint32_t ssrc = 0xCAFE;
  std::uint16_t sequence = 65'530;  // wraps early
  std::uint32_t timestamp = 0xFFFF'FF00;

 private:
  Bytes protect(Bytes bytes) {
    if (!srtp_) return bytes;
    const auto size = bytes.size();
    bytes.resize(size + rtp::kSrtpTrailerBytesMax);
    bytes.resize(*srtp_->protect_rtp(bytes, size));
    return bytes;
  }
  StreamDescription stream_;
  std::unique_ptr<audio::Encoder> encoder_;
  std::optional<rtp::SrtpSession> srtp_;
};

struct SentPacket {
  Millis at{0};
  Endpoint to;
  Bytes bytes;
  bool rtcp = false;

  rtp::Header header() const { return rtp::parse_packet(bytes)->header; }
  ByteView payload() const { return rtp::parse_packet(bytes)->payload; }
};

// One engine, one port.
class Bench {
 public:
  explicit Bench(const StreamDescription& description) : Bench() { configure(description); }
  Bench() : engine({.mono = at(Millis(0)), .wall = WallTime(std::chrono::hours(480'000))}, sounds) {
    auto added =
        engine.add_port(at(now), kPort, {.ssrc = 0xBEEF, .timestamp = 1'000, .sequence = 65'533, .rtcp = 1});
    if (!added) std::abort();
  }

  template <typename Command>
  void apply(Command command) {
    command.port = kPort;
    command.seq = ++seq;
    engine.apply(at(now), media::Command(std::move(command)));
    drain();
  }
  void configure(const StreamDescription& description) {
    stream = description;
    apply(Configure{.stream = description});
  }
  void receive(Bytes bytes, const Endpoint& from = kPartyAddress, bool rtcp = false) {
    engine.on_packet(at(now), kPort, rtcp, from, bytes);
    drain();
  }
  // Lets time pass in steps of 5 ms, as the driver does.
  void run(Millis duration) {
    for (const auto end = now + duration; now < end;) {
      now += Millis(5);
      engine.tick(at(now));
      drain();
    }
  }
  // A party that talks for as long as the sound lasts, a packet each 20 ms.
  void talk(Party& party, const audio::Pcm& sound, const Endpoint& from = kPartyAddress) {
    const auto step = audio::frame_samples(stream.codec);
    for (std::size_t i = 0; i + step <= sound.samples.size(); i += step) {
      receive(party.audio(audio::Samples(sound.samples).subspan(i, step)), from);
      run(Millis(20));
    }
  }
  // A party that presses a key by RFC 4733.
  void press(Party& party, char digit, Millis length) {
    rtp::EventSender sender({.event = *rtp::event_of(digit), .duration = length}, party.timestamp,
                            stream.event_clock);
    while (const auto event = sender.next()) {
      receive(party.packet(101, rtp::write_telephone_event(event->event), event->timestamp, event->marker));
      run(Millis(20));
      party.timestamp += audio::frame_ticks(stream.codec);
    }
  }

  template <typename Wanted>
  std::vector<Wanted> all() const {
    std::vector<Wanted> out;
    for (const auto& event : events) {
      if (const auto* found = std::get_if<Wanted>(&event)) out.push_back(*found);
    }
    return out;
  }
  std::vector<SentPacket> sent_rtp() const {
    std::vector<SentPacket> out;
    std::copy_if(sent.begin(), sent.end(), std::back_inserter(out),
                 [](const auto& packet) { return !packet.rtcp; });
    return out;
  }
  std::string digits() const {
    std::string out;
    for (const auto& digit : all<Digit>()) out += digit.digit;
    return out;
  }
  // What the party hears, decoded by a phone without a jitter buffer.
  std::vector<std::int16_t> heard() const {
    auto decoder = audio::make_decoder(stream.codec);
    std::vector<std::int16_t> out;
    std::vector<std::int16_t> block(audio::kPacketSamplesMax);
    for (const auto& packet : sent) {
      if (packet.rtcp || packet.header().payload_type != stream.send_payload_type) continue;
      const auto made = decoder->decode(packet.payload(), block);
      out.insert(out.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(made));
    }
    return out;
  }
  // A recording's samples as they would be in its file.
  std::vector<std::int16_t> recorded(const RecordId& id) const {
    std::vector<std::int16_t> out;
    for (const auto& chunk : chunks) {
      if (chunk.record == id) out.insert(out.end(), chunk.samples.begin(), chunk.samples.end());
    }
    return out;
  }
  std::optional<RecordingClosed> closed(const RecordId& id) const {
    for (const auto& chunk : chunks) {
      if (chunk.record == id && chunk.closed) return chunk.closed;
    }
    return std::nullopt;
  }

  Sounds sounds;
  Millis now{0};
  std::uint64_t seq = 0;
  Engine engine;
  StreamDescription stream;
  std::vector<Event> events;
  std::vector<SentPacket> sent;
  std::vector<FileChunk> chunks;

 private:
  void drain() {
    auto& out = engine.outputs();
    for (const auto& packet : out.packets) {
      const auto bytes = out.bytes_of(packet);
      sent.push_back(
          {.at = now, .to = packet.to, .bytes = Bytes(bytes.begin(), bytes.end()), .rtcp = packet.rtcp});
    }
    std::move(out.events.begin(), out.events.end(), std::back_inserter(events));
    std::move(out.chunks.begin(), out.chunks.end(), std::back_inserter(chunks));
    out.clear();
  }
};

}  // namespace portico::media
