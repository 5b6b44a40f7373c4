// room: media
// A port in a call, and whatever comes to it: datagrams of the party, of its address and of strangers, time,
// holds and changes of codec. The first two octets choose the stream; then rows follow: what, an amount, a
// length, so many octets.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "media/engine.h"
#include "rtp/packet.h"
#include "rtp/srtp.h"
#include "rtp/telephone_event.h"

namespace {

using namespace portico;
using namespace portico::media;

constexpr PortId kPort = 1;
constexpr std::size_t kRowBytes = 3;
constexpr int kRowsMax = 400;
constexpr int kFramesMax = 1'500;  // half a minute
constexpr std::size_t kFrameSamplesMax = 320;
constexpr std::uint8_t kEventType = 101;
constexpr std::array<std::uint8_t, 4> kTypes{0, 8, 9, 111};  // of Codec

void require(bool holds) {
  if (!holds) std::abort();
}

class NoSounds : public SoundSource {
 public:
  std::shared_ptr<const audio::Pcm> find(const SoundKey&) override { return nullptr; }
};

class World {
 public:
  World(std::uint8_t choice, std::uint8_t more) {
    stream_.codec = static_cast<Codec>(choice & 3U);
    stream_.send_payload_type = stream_.receive_payload_type = kTypes[choice & 3U];
    stream_.send_event_type = stream_.receive_event_type = kEventType;
    stream_.event_clock = rtp_clock_rate(stream_.codec);
    stream_.other_events = {{.payload_type = 102, .clock = 16'000}};
    stream_.remote_rtp = party_;
    stream_.remote_rtcp = {.ip = party_.ip, .port = 4001};
    stream_.inband_digits = (choice & 4U) != 0;
    stream_.rtcp_mux = (choice & 8U) != 0;
    stream_.remote_behind_nat = (choice & 16U) != 0;
    stream_.signalling_source = party_.ip;
    if ((choice & 32U) != 0) {
      for (std::size_t i = 0; i < kTypes.size(); ++i)
        stream_.also_accepted.push_back({.codec = static_cast<Codec>(i), .payload_type = kTypes[i]});
    }
    if ((choice & 64U) != 0) use_key(static_cast<SrtpSuite>(more % kSrtpSuites.size()), 7);
    header_.ssrc = 5;
    require(engine_.add_port(now_, kPort, {.ssrc = 9, .timestamp = 1, .sequence = 2, .rtcp = 3}).has_value());
    configure();
    apply(Record{.port = kPort, .record = "r-1", .path = "x"});
    apply(DetectSilence{.port = kPort, .after = Millis(1'000)});
  }

  void take(std::uint8_t what, std::uint8_t amount, ByteView bytes) {
    switch (what % 8) {
      case 0:  // as it stands
        return receive({bytes.begin(), bytes.end()}, address((what >> 3U) & 3U), (what & 32U) != 0, false);
      case 1:
      case 2:
      case 3:  // a packet of the party's
        return speak(what, amount, bytes);
      case 4:  // a report of its
        return receive(seal({bytes.begin(), bytes.end()}, true), stream_.remote_rtcp, true, true);
      case 5:
        return wait(1 + amount % 64);
      case 6:
        stream_.send = (amount & 1U) == 0;
        stream_.receive = (amount & 2U) == 0;
        return configure();
      default:
        stream_.codec = static_cast<Codec>(amount & 3U);
        stream_.send_payload_type = stream_.receive_payload_type = kTypes[amount & 3U];
        if (stream_.receive_key && (amount & 4U) != 0) use_key(stream_.receive_key->suite, amount);
        return configure();
    }
  }

  void finish() {
    wait(5);
    apply(Close{.port = kPort});
    require(!engine_.has_port(kPort));
  }

 private:
  // The party, another port of its, a stranger beside it, and one far away.
  static Endpoint address(unsigned which) {
    static const std::array<Endpoint, 4> known{
        *parse_endpoint("192.0.2.10:4000"), *parse_endpoint("192.0.2.10:4002"),
        *parse_endpoint("203.0.113.66:4000"), *parse_endpoint("[2001:db8::1]:4000")};
    return known[which];
  }

  void use_key(SrtpSuite suite, std::uint8_t seed) {
    stream_.send_key = SrtpKey{.suite = suite, .master = Bytes(master_bytes(suite), seed)};
    stream_.receive_key = SrtpKey{.suite = suite, .master = Bytes(master_bytes(suite), seed + 1)};
    party_keys_.emplace(
        *rtp::SrtpSession::create({.send = *stream_.receive_key, .receive = *stream_.send_key}));
  }

  Bytes seal(Bytes packet, bool rtcp) {
    if (!party_keys_) return packet;
    const auto size = packet.size();
    packet.resize(size + rtp::kSrtpTrailerBytesMax);
    const auto length =
        rtcp ? party_keys_->protect_rtcp(packet, size) : party_keys_->protect_rtp(packet, size);
    packet.resize(length.value_or(0));
    return packet;
  }

  // What: bits 3 and 4 the payload type, 5 the marker, 6 and 7 a step of the sequence number.
  void speak(std::uint8_t what, std::uint8_t amount, ByteView payload) {
    const std::array<std::uint8_t, 4> types{stream_.receive_payload_type, kEventType, 102,
                                            kTypes[amount & 3U]};
    static constexpr std::array<std::uint16_t, 4> kSteps{1, 2, 0, 30'000};
    header_.payload_type = types[(what >> 3U) & 3U];
    header_.marker = (what & 32U) != 0;
    header_.sequence = static_cast<std::uint16_t>(header_.sequence + kSteps[what >> 6U]);
    if (header_.payload_type != kEventType || amount % 2 != 0)
      header_.timestamp += amount * (rtp_clock_rate(stream_.codec) / 1'000);
    auto header = header_;
    if (what % 8 == 2) header.ssrc = 6;  // another stream of its
    Bytes packet(rtp::kHeaderBytes + payload.size());
    rtp::write_header(header, packet);
    std::copy(payload.begin(), payload.end(), packet.begin() + rtp::kHeaderBytes);
    receive(seal(std::move(packet), false), address(what % 8 == 3 ? 1 : 0), false, true);
  }

  void receive(Bytes bytes, const Endpoint& from, bool rtcp, bool of_the_party) {
    const bool believed = engine_.on_packet(now_, kPort, rtcp, from, bytes);
    if (!stream_.remote_behind_nat) require(!believed || from.ip == party_.ip);
    if (stream_.receive_key) require(!believed || of_the_party);
    drain();
  }

  void wait(int frames) {
    frames = std::min(frames, kFramesMax - frames_);
    for (int i = 0; i < frames; ++i) {
      ++frames_;
      now_ += Millis(20);
      engine_.tick(now_);
      drain();
    }
  }

  void configure() { apply(Configure{.port = kPort, .stream = stream_}); }

  template <typename Wanted>
  void apply(Wanted wanted) {
    wanted.seq = ++seq_;
    engine_.apply(now_, Command(std::move(wanted)));
    drain();
  }

  // Nothing is sent but to the party, or to whoever was told of as the source; no more is recorded than time
  // has passed.
  void drain() {
    auto& out = engine_.outputs();
    for (const auto& event : out.events) {
      require(!std::holds_alternative<PortLost>(event));
      if (const auto* locked = std::get_if<SourceLocked>(&event)) {
        require(stream_.remote_behind_nat || locked->remote.ip == party_.ip);
        sources_.push_back(locked->remote.ip);
      }
      if (const auto* digit = std::get_if<Digit>(&event)) require(rtp::event_of(digit->digit).has_value());
    }
    for (const auto& packet : out.packets)
      require(packet.to.ip == party_.ip || std::ranges::find(sources_, packet.to.ip) != sources_.end());
    for (const auto& chunk : out.chunks) recorded_ += chunk.samples.size();
    require(recorded_ <= static_cast<std::size_t>(frames_) * kFrameSamplesMax);
    out.clear();
  }

  const Endpoint party_ = address(0);
  TimePoint now_{1h};
  NoSounds sounds_;
  Engine engine_{{.mono = now_, .wall = WallTime(480'000h)}, sounds_};
  StreamDescription stream_;
  std::optional<rtp::SrtpSession> party_keys_;
  rtp::Header header_;
  std::vector<IpAddress> sources_;
  std::uint64_t seq_ = 0;
  int frames_ = 0;
  std::size_t recorded_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  World world(data[0], data[1]);
  ByteView rest(data + 2, size - 2);
  for (int row = 0; row < kRowsMax && rest.size() >= kRowBytes; ++row) {
    const auto length = std::min<std::size_t>(rest[2], rest.size() - kRowBytes);
    world.take(rest[0], rest[1], rest.subspan(kRowBytes, length));
    rest = rest.subspan(kRowBytes + length);
  }
  world.finish();
  return 0;
}
