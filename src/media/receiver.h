#pragma once
// The way in: whose packet it is, is it genuine, what does it carry. Keeps the source's statistics and, while
// somebody listens, its audio. Whatever is not taken is counted by name (media/drop.h, rtp/drop.h). One
// owner.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "media/playout.h"
#include "media/source_lock.h"
#include "media/stream.h"
#include "rtp/event_receiver.h"
#include "rtp/packet.h"
#include "rtp/receive_statistics.h"
#include "rtp/srtp.h"

namespace portico::media {

class Receiver {
 public:
  struct Counts {
    std::uint64_t packets = 0;
    std::uint64_t octets = 0;
    std::uint64_t strangers = 0;
    Playout::Counts playout;  // of all times that somebody listened
  };

  // A re-INVITE unlocks the source if what is expected of it, or the key, has changed. `resumed`: see
  // media::resumes().
  void configure(const StreamDescription& stream, bool new_key, bool resumed = false);

  // What a packet brought.
  struct Heard {
    bool genuine = false;
    bool locked_now = false;
    bool settled = true;                  // of locked_now: no better source can take over
    std::vector<rtp::DigitEvent> digits;  // presses that this packet is the first to tell of
  };
  Heard on_rtp(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes, rtp::SrtpSession* srtp);
  void on_time(TimePoint now);  // once a frame: digits whose end got lost

  // Audio is kept and decoded only between these two.
  void listen(unsigned rate);  // of the frames wanted, Hz
  void stop_listening();
  bool listening() const { return listen_rate_ != 0; }
  bool pull(TimePoint now, std::span<std::int16_t> frame);  // as Playout::pull

  const SourceLock& lock() const { return lock_; }
  rtp::ReceiveStatistics* statistics() { return source_ ? &source_->statistics : nullptr; }
  Counts counts() const;

 private:
  struct Source {
    explicit Source(std::uint32_t clock) : statistics(clock) {}
    rtp::ReceiveStatistics statistics;
    std::vector<rtp::EventReceiver> events;  // one for each of event_types_
  };
  struct OtherStream {
    std::uint32_t ssrc;
    Source source;
  };
  std::optional<rtp::Packet> open(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes,
                                  rtp::SrtpSession* srtp);
  void pass_over(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes,
                 rtp::SrtpSession* srtp) const;
  bool known_type(std::uint8_t payload_type) const;
  std::size_t find_event_type(std::uint8_t payload_type) const;  // event_types_.size(): it is none
  bool believe(TimePoint now, const Endpoint& from, const rtp::Header& header, Heard& heard);
  bool in_sequence(TimePoint now, const rtp::Header& header, bool of_our_clock);
  void on_event(TimePoint now, const rtp::Packet& packet, std::size_t type, Heard& heard);
  void on_keypad(TimePoint now, const rtp::Packet& packet, std::size_t type, Heard& heard);
  void on_audio(TimePoint now, const rtp::Packet& packet, Codec codec);
  void go_on(std::vector<rtp::EventReceiver>& events, const std::vector<ReceiveEvents>& types) const;
  void start_source();
  std::vector<rtp::EventReceiver> fresh_events() const;
  static void take_digits(Source& source, std::size_t type, const rtp::Packet& packet, TimePoint now,
                          Heard& heard);
  void drop_playout();  // keeps its counts

  static constexpr std::uint8_t kNotAccepted = 0xFF;
  SourceLock lock_;
  std::array<std::uint8_t, 128> codecs_{};  // payload type -> Codec, or kNotAccepted
  std::vector<ReceiveEvents> event_types_;
  Codec codec_ = Codec::pcmu;
  Codec last_codec_ = Codec::pcmu;  // of the last packet
  bool receive_ = false;
  std::optional<Source> source_;
  // A stream of digits beside the party's voice, proven by its key: hardly anybody has one.
  std::unique_ptr<OtherStream> keypad_;
  // What was heard before the lock was opened: it may come under a new key or from a new address, in the
  // middle of a digit.
  std::unique_ptr<OtherStream> former_;
  unsigned listen_rate_ = 0;
  std::unique_ptr<Playout> playout_;  // while somebody listens: most ports only speak
  Counts counts_;
};

}  // namespace portico::media
