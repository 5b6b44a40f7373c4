#pragma once
// Puts packets back in order and gives them out at an even pace. The delay follows what the network does: it
// grows when packets come late and shrinks when they don't, within limits::kJitterBufferMax. Positions are
// RTP timestamps, extended to 64 bits. Payloads are copied into slots that are used again: no allocation once
// it has warmed up. One owner.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "rtp/packet.h"
#include "rtp/sequence.h"

namespace portico::media {

class JitterBuffer {
 public:
  explicit JitterBuffer(std::uint32_t clock_rate);

  enum class Put : std::uint8_t { taken, late, duplicate, overflow };
  Put put(TimePoint now, const rtp::Packet& packet);
  // A number that carries no audio (telephone-event): its absence is no loss.
  void skip(std::uint16_t sequence);

  enum class Next : std::uint8_t {
    packet,   // payload is the next one
    lost,     // a packet is missing: conceal `ticks`; payload, if any, is the one right after the hole
    pause,    // the sender was silent on purpose: `ticks` of silence
    dry,      // nothing there, though there should be: conceal a frame, the position stays
    waiting,  // gathering packets before it (re)starts: silence
  };
  struct Pull {
    Next next = Next::waiting;
    ByteView payload;  // valid until the next call
    std::uint32_t ticks = 0;
  };
  Pull pull(TimePoint now);
  // Tells how long the packet just pulled proved to be.
  void advance(std::uint32_t ticks) { position_ += ticks; }

  // More is held than the network calls for: the caller should pull two packets in place of one, now.
  bool should_shrink();

  Duration delay() const;   // held at present
  Duration target() const;  // aimed at
  std::size_t packets() const { return held_; }

 private:
  struct Slot {
    std::uint64_t sequence = 0;
    std::uint64_t timestamp = 0;
    Bytes payload;
  };
  static constexpr std::size_t kSlots = 64;
  static constexpr std::uint8_t kEmpty = 0xFF;
  static constexpr std::uint8_t kSkipped = 0xFE;

  std::uint8_t& at(std::uint64_t sequence) { return ring_[sequence % kSlots]; }
  const Slot* first() const;
  Slot* first();  // lowest sequence held, skipped ones passed over
  void release(Slot& slot);
  void drop_first();
  void make_room(std::uint64_t sequence, std::uint64_t timestamp);
  void store(std::uint64_t sequence, std::uint64_t timestamp, ByteView payload);
  void measure(TimePoint now, std::uint64_t timestamp);
  bool is_beyond(TimePoint now, std::int64_t lateness);
  void mark_played(std::uint64_t sequence);
  bool was_played(std::uint64_t sequence) const;
  bool ready(TimePoint now);
  Pull pull_hole(const Slot& after);
  Duration until_newest(std::uint64_t from) const;
  std::uint32_t ticks(Duration duration) const;
  Duration duration(std::uint64_t ticks) const;

  std::uint32_t clock_rate_;  // Hz
  std::uint32_t frame_;       // ticks in 20 ms
  rtp::SequenceExtender sequences_;
  rtp::TimestampExtender timestamps_;
  std::array<std::uint8_t, kSlots> ring_{};  // sequence % kSlots -> index into slots_
  std::vector<Slot> slots_;
  std::vector<std::uint8_t> free_;
  std::size_t held_ = 0;
  bool playing_ = false;
  std::uint64_t last_ = 0;    // sequence number last given out
  std::uint64_t played_ = 0;  // bit n: last_ - n was given out
  std::uint64_t newest_ = 0;  // highest sequence number seen
  std::uint64_t newest_timestamp_ = 0;
  std::uint64_t position_ = 0;  // timestamp of the next sample to play
  TimePoint gathering_since_{};
  std::uint32_t dry_pulls_ = 0;
  // Network behaviour, in ticks.
  TimePoint epoch_{};
  std::optional<std::int64_t> fastest_;  // smallest (arrival - timestamp), slowly rising
  TimePoint beyond_since_ = kNever;      // since when all were later than the limit
  double peak_ = 0;                      // how much later the late ones come, slowly sinking
  // Shrinking.
  std::uint32_t window_pulls_ = 0;
  std::uint64_t window_least_ = 0;  // smallest delay within the window
};

}  // namespace portico::media
