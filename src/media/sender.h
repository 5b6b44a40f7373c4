#pragma once
// Makes RTP packets of frames: one sequence of numbers and one clock for prompts, silence and digits alike,
// which run on through re-INVITEs and through time in which nothing may be sent. One owner.

#include <cstdint>
#include <optional>

#include "base/address.h"
#include "media/outputs.h"
#include "media/port_seed.h"
#include "media/stream.h"
#include "rtp/event_sender.h"
#include "rtp/srtp.h"

namespace portico::media {

class Sender {
 public:
  Sender(PortId port, const PortSeed& seed);

  void configure(const StreamDescription& stream);
  void change_key();  // what is sent from now on is protected by another key than before
  // Where to, and how protected; null: in the clear. Without a target nothing is sent, but the clock runs.
  struct Path {
    std::optional<Endpoint> target;
    rtp::SrtpSession* srtp = nullptr;
  };

  // One 20 ms frame. `talking`: not silence; the first such frame bears the marker (RFC 3551 section 4.1).
  void send_audio(const Path& path, ByteView payload, bool talking, Outputs& out);
  void send_event(const Path& path, const rtp::EventSender::Out& event, Outputs& out);
  void advance();                   // the present frame is over; once each 20 ms
  void skip(std::uint32_t frames);  // frames that were not made: a hole in time

  std::uint32_t ssrc() const { return ssrc_; }
  std::uint32_t timestamp() const { return timestamp_; }  // of the present frame
  std::uint32_t clock_rate() const { return rtp_clock_rate(codec_); }
  bool has_events() const { return event_type_.has_value(); }
  std::uint32_t event_clock() const { return event_clock_; }
  bool may_send() const { return send_; }
  std::uint64_t packets() const { return packets_; }
  std::uint64_t octets() const { return octets_; }

 private:
  struct Head {
    std::uint8_t payload_type = 0;
    bool marker = false;
    std::uint32_t timestamp = 0;
  };
  void send(const Path& path, const Head& head, ByteView payload, Outputs& out);
  void flush(const Path& path, Outputs& out);

  PortId port_;
  std::uint32_t ssrc_;
  std::uint16_t sequence_;
  std::uint32_t timestamp_;
  Codec codec_ = Codec::pcmu;
  std::uint8_t payload_type_ = 0;
  std::optional<std::uint8_t> event_type_;
  std::uint32_t event_clock_ = 8'000;
  bool send_ = false;
  bool talking_ = false;
  std::uint64_t packets_ = 0;
  std::uint64_t octets_ = 0;
  // Frames that wait for a packet of more than 20 ms.
  unsigned frames_a_packet_ = 1;
  unsigned waiting_ = 0;
  Head waiting_head_;
  Bytes waiting_payload_;
};

}  // namespace portico::media
