#include "media/jitter_buffer.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace portico::media {
namespace {

constexpr auto kFrame = Millis(20);
constexpr auto kLeastWait = Millis(10);      // of the first packet: what comes after it may be so much later
constexpr std::uint32_t kDryPullsMax = 5;    // then it gathers anew
constexpr std::uint32_t kShrinkWindow = 50;  // pulls, 1 s
constexpr std::uint32_t kShrinkWindowUrgent = 10;
constexpr auto kShrinkUrgent = Millis(100);
constexpr double kPeakDecay = 1.0 / 128;         // a packet: half in 1.8 s of 20 ms packets
constexpr std::uint64_t kReorderedAtStart = 16;  // earlier numbers taken after the first packet
constexpr std::int64_t kDriftPackets = 32;       // the fastest transit is let rise by a tick in so many

}  // namespace

JitterBuffer::JitterBuffer(std::uint32_t clock_rate) : clock_rate_(clock_rate), frame_(clock_rate / 50) {
  ring_.fill(kEmpty);
}

std::uint32_t JitterBuffer::ticks(Duration duration) const {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(duration).count() *
                                    clock_rate_ / 1'000'000);
}
Duration JitterBuffer::duration(std::uint64_t ticks) const {
  return std::chrono::microseconds(static_cast<std::int64_t>(ticks * 1'000'000 / clock_rate_));
}

Duration JitterBuffer::target() const {
  const auto wanted = duration(static_cast<std::uint64_t>(peak_)) + kFrame;
  return std::clamp<Duration>(wanted, kFrame, limits::kJitterBufferMax - 2 * kFrame);
}

Duration JitterBuffer::delay() const {
  const Slot* slot = first();
  return slot == nullptr ? Duration::zero() : until_newest(playing_ ? position_ : slot->timestamp);
}

// Audio from a position to the end of the newest packet, taken to last a frame.
Duration JitterBuffer::until_newest(std::uint64_t from) const {
  const auto end = newest_timestamp_ + frame_;
  return end > from ? duration(end - from) : Duration::zero();
}

// How late this packet is against the fastest ones.
void JitterBuffer::measure(TimePoint now, std::uint64_t timestamp) {
  if (!fastest_) epoch_ = now;
  // By the kernel's stamps this one may have come before the one that was read first.
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(now - epoch_).count();
  const auto arrival = since * static_cast<std::int64_t>(clock_rate_) / 1'000'000;
  const auto transit = arrival - static_cast<std::int64_t>(timestamp);
  if (!fastest_) fastest_ = transit * kDriftPackets;
  fastest_ = std::min(*fastest_ + 1, transit * kDriftPackets);  // kept times kDriftPackets
  const std::int64_t fastest = *fastest_ / kDriftPackets;
  const auto lateness = transit - fastest;
  if (is_beyond(now, lateness)) {
    fastest_ = transit * kDriftPackets;
    peak_ = 0;
    beyond_since_ = kNever;
    return;
  }
  peak_ = std::max(peak_ - peak_ * kPeakDecay, static_cast<double>(lateness));
}

// What comes in a burst after a stall is that late for a moment. Who stays so has another clock: an SBC that
// put another media server behind the same stream.
bool JitterBuffer::is_beyond(TimePoint now, std::int64_t lateness) {
  const bool late = lateness > static_cast<std::int64_t>(ticks(limits::kJitterBufferMax));
  beyond_since_ = late ? std::min(beyond_since_, now) : kNever;
  return late && now - beyond_since_ >= limits::kJitterBufferMax;
}

JitterBuffer::Put JitterBuffer::put(TimePoint now, const rtp::Packet& packet) {
  const bool begun = sequences_.newest().has_value();
  const auto sequence = sequences_.extend(packet.header.sequence);
  const auto timestamp = timestamps_.extend(packet.header.timestamp);
  if (!begun) {
    last_ = sequence - kReorderedAtStart;
    newest_ = sequence;
  }
  if (sequence <= last_) return was_played(sequence) ? Put::duplicate : Put::late;
  if (sequence <= newest_ && newest_ - sequence < kSlots && at(sequence) < kSkipped &&
      slots_[at(sequence)].sequence == sequence) {
    return Put::duplicate;
  }
  if (sequence + kSlots <= newest_) return Put::late;
  measure(now, timestamp);
  const auto before = held_;
  make_room(sequence, timestamp);
  const bool dropped = held_ < before;
  if (held_ == 0 && !playing_) gathering_since_ = now;
  store(sequence, timestamp, packet.payload);
  return dropped ? Put::overflow : Put::taken;
}

void JitterBuffer::store(std::uint64_t sequence, std::uint64_t timestamp, ByteView payload) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint8_t>(slots_.size()));
    slots_.emplace_back();
  }
  const auto index = free_.back();
  free_.pop_back();
  slots_[index].sequence = sequence;
  slots_[index].timestamp = timestamp;
  slots_[index].payload.assign(payload.begin(), payload.end());
  at(sequence) = index;
  ++held_;
  if (sequence >= newest_) {
    newest_ = sequence;
    newest_timestamp_ = timestamp;
  }
}

// Drops from the front what would lie more than the limit, or a whole ring, before this packet.
void JitterBuffer::make_room(std::uint64_t sequence, std::uint64_t timestamp) {
  const auto most = ticks(limits::kJitterBufferMax) - frame_;
  while (Slot* slot = first()) {
    const bool far = sequence >= slot->sequence + kSlots || timestamp > slot->timestamp + most;
    if (!far) break;
    drop_first();
    if (Slot* next = first()) position_ = std::max(position_, next->timestamp);
  }
  if (held_ == 0 && sequence >= last_ + kSlots) ring_.fill(kEmpty);  // stale marks of skipped numbers
}

void JitterBuffer::skip(std::uint16_t number) {
  const auto sequence = sequences_.extend(number);
  if (sequence <= last_ || sequence >= last_ + kSlots) return;
  if (at(sequence) == kEmpty) at(sequence) = kSkipped;
}

const JitterBuffer::Slot* JitterBuffer::first() const {
  if (held_ == 0) return nullptr;
  // All that is held lies within one ring of the newest (make_room).
  for (auto sequence = std::max(last_ + 1, newest_ - (kSlots - 1)); sequence <= newest_; ++sequence) {
    const auto index = ring_[sequence % kSlots];
    if (index < kSkipped && slots_[index].sequence == sequence) return &slots_[index];
  }
  return nullptr;
}

JitterBuffer::Slot* JitterBuffer::first() { return const_cast<Slot*>(std::as_const(*this).first()); }

void JitterBuffer::release(Slot& slot) {
  free_.push_back(static_cast<std::uint8_t>(&slot - slots_.data()));
  at(slot.sequence) = kEmpty;
  --held_;
}

void JitterBuffer::mark_played(std::uint64_t sequence) {
  const auto step = sequence - last_;
  for (auto passed = sequence - std::min<std::uint64_t>(step - 1, kSlots - 1); passed < sequence; ++passed) {
    if (at(passed) == kSkipped) at(passed) = kEmpty;
  }
  played_ = (step >= 64 ? 0 : played_ << step) | 1U;
  last_ = sequence;
}
bool JitterBuffer::was_played(std::uint64_t sequence) const {
  const auto back = last_ - sequence;
  return back < 64 && (played_ >> back & 1U) != 0;
}

void JitterBuffer::drop_first() {
  Slot* slot = first();
  mark_played(slot->sequence);
  release(*slot);
}

bool JitterBuffer::ready(TimePoint now) {
  const Slot* slot = first();
  if (slot == nullptr) return false;
  const auto waited = now - gathering_since_;
  if (waited < kLeastWait) return false;
  if (until_newest(slot->timestamp) < target() && waited < target()) return false;
  position_ = slot->timestamp;
  playing_ = true;
  return true;
}

JitterBuffer::Pull JitterBuffer::pull(TimePoint now) {
  if (!playing_ && !ready(now)) return {.next = Next::waiting};
  Slot* slot = first();
  if (slot == nullptr) {
    if (++dry_pulls_ < kDryPullsMax) return {.next = Next::dry, .ticks = frame_};
    playing_ = false;
    dry_pulls_ = 0;
    fastest_.reset();
    return {.next = Next::waiting};
  }
  // What was made up while nothing was there has filled that much of a hole already.
  const auto made_up = std::exchange(dry_pulls_, 0) * std::uint64_t{frame_};
  if (slot->timestamp > position_) position_ += std::min(made_up, slot->timestamp - position_);
  const bool hole = slot->timestamp > position_ + frame_ / 4;
  const bool jump = slot->timestamp > position_ + ticks(limits::kJitterBufferMax);
  if (hole && !jump) return pull_hole(*slot);
  position_ = slot->timestamp;
  mark_played(slot->sequence);
  release(*slot);
  return {.next = Next::packet, .payload = slot->payload};
}

JitterBuffer::Pull JitterBuffer::pull_hole(const Slot& after) {
  bool on_purpose = true;  // no number between is missing
  for (auto sequence = last_ + 1; sequence < after.sequence; ++sequence)
    on_purpose &= at(sequence) == kSkipped;
  const auto hole = after.timestamp - position_;
  const auto step = static_cast<std::uint32_t>(std::min<std::uint64_t>(hole, frame_));
  position_ += step;
  if (on_purpose) return {.next = Next::pause, .ticks = step};
  return {
      .next = Next::lost, .payload = hole <= frame_ ? ByteView(after.payload) : ByteView(), .ticks = step};
}

bool JitterBuffer::should_shrink() {
  if (!playing_) return false;
  const auto held = static_cast<std::uint64_t>(ticks(delay()));
  window_least_ = window_pulls_ == 0 ? held : std::min(window_least_, held);
  ++window_pulls_;
  const auto spare = duration(window_least_) - target();
  const auto window = spare > kShrinkUrgent ? kShrinkWindowUrgent : kShrinkWindow;
  if (window_pulls_ < window) return false;
  window_pulls_ = 0;
  return spare > kFrame && held_ >= 2;
}

}  // namespace portico::media
