#include "media/encoded_sound.h"

#include <algorithm>
#include <array>

#include "audio/frame.h"

namespace portico::media {

EncodedSound::EncodedSound(const std::shared_ptr<const audio::Pcm>& source, Codec codec, SoundRoom& room)
    : source_(source),
      source_rate_(source->rate),
      codec_(codec),
      room_(room),
      encoder_(audio::make_encoder(codec)) {
  const auto rate = audio::sample_rate(codec);
  if (source_rate_ != rate) resampler_.emplace(source_rate_, rate);
  const auto samples = source->samples.size() * rate / source_rate_;
  frames_ = (samples + audio::frame_samples(codec) - 1) / audio::frame_samples(codec);
  blocks_.resize((frames_ + kBlockFrames - 1) / kBlockFrames);
  weigh();
}

void EncodedSound::weigh() {
  const std::size_t encoder = complete() ? 0 : codec_ == Codec::opus ? 48'000 : 2'000;
  room_.held -= weight_;
  weight_ = bytes_ + encoder;
  room_.held += weight_;
}

EncodedSound::Frame EncodedSound::frame(std::size_t index) {
  const auto at = index % kBlockFrames;
  const auto& found = blocks_[index / kBlockFrames];
  if (!found || at >= found->ends.size()) make(index);
  const Block& block = *found;
  const auto begin = at == 0 ? 0 : block.ends[at - 1];
  const auto size = audio::frame_samples(codec_);
  return {.payload = ByteView(block.payloads).subspan(begin, block.ends[at] - begin),
          .samples = audio::Samples(block.samples).subspan(at * size, size)};
}

// A block is made from its beginning and to its end, so that two who play far from each other do not undo
// each other's work.
void EncodedSound::make(std::size_t index) {
  const auto block = index / kBlockFrames;
  const bool elsewhere = next_ / kBlockFrames != block;
  while (elsewhere && next_ % kBlockFrames != 0 && next_ < frames_) make_next();
  if (next_ / kBlockFrames != block) go_to(block);
  while (next_ <= index) make_next();
}

void EncodedSound::go_to(std::size_t block) {
  next_ = block * kBlockFrames;
  taken_ = block * source_rate_;  // a block is a second
  pending_.clear();
  encoder_ = audio::make_encoder(codec_);
  if (resampler_) resampler_.emplace(source_rate_, audio::sample_rate(codec_));
}

// Brings at least a frame into pending_, filled up with silence at the sound's end.
void EncodedSound::refill(const audio::Pcm& source) {
  const auto size = audio::frame_samples(codec_);
  while (pending_.size() < size && taken_ < source.samples.size()) {
    const auto piece = std::min<std::size_t>(source_rate_ / 50 + 1, source.samples.size() - taken_);
    const auto samples = audio::Samples(source.samples).subspan(taken_, piece);
    taken_ += piece;
    if (!resampler_) {
      pending_.insert(pending_.end(), samples.begin(), samples.end());
      continue;
    }
    resampler_->process(samples, pending_);
    if (taken_ == source.samples.size()) resampler_->finish(pending_);
  }
  if (pending_.size() < size) pending_.resize(size, 0);
}

// The block that its player has left for good, and one that another player, or an earlier round of this one,
// has left behind: for each that is made more than one can go, and what others play now is seldom hit.
void EncodedSound::make_room_before(std::size_t at) {
  constexpr std::size_t kLookedAtMax = 64;
  if (at >= 2) let_go(at - 2);
  for (std::size_t looked_at = 0; looked_at < kLookedAtMax; ++looked_at) {
    sweep_ = (sweep_ + 1) % blocks_.size();
    if (sweep_ + 1 != at && let_go(sweep_)) return;
  }
}

bool EncodedSound::let_go(std::size_t block) {
  auto& made = blocks_[block];
  if (!made) return false;
  bytes_ -= made->bytes;
  made_ -= made->ends.size();
  made.reset();
  return true;
}

void EncodedSound::begin_block() {
  const auto at = next_ / kBlockFrames;
  if (room_.is_full()) make_room_before(at);
  auto block = std::make_unique<Block>();
  const auto frames = std::min(kBlockFrames, frames_ - next_);
  block->ends.reserve(frames);
  block->samples.reserve(frames * audio::frame_samples(codec_));
  block->payloads.reserve(frames * (codec_ == Codec::opus ? 80 : 160));
  block->bytes = block->samples.capacity() * sizeof(std::int16_t) + block->payloads.capacity() +
                 block->ends.capacity() * sizeof(std::size_t);
  bytes_ += block->bytes;
  blocks_[at] = std::move(block);
  weigh();
}

void EncodedSound::make_next() {
  static const audio::Pcm kNone;
  const auto source = source_.lock();
  refill(source ? *source : kNone);
  const auto& made = blocks_[next_ / kBlockFrames];
  if (!made) begin_block();
  Block& block = *made;
  const auto size = audio::frame_samples(codec_);
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(size);
  block.samples.insert(block.samples.end(), pending_.begin(), end);
  pending_.erase(pending_.begin(), end);
  std::array<std::uint8_t, audio::kPayloadBytesMax> payload;
  const auto bytes = encoder_->encode(audio::Samples(block.samples).last(size), payload);
  block.payloads.insert(block.payloads.end(), payload.begin(),
                        payload.begin() + static_cast<std::ptrdiff_t>(bytes));
  block.ends.push_back(block.payloads.size());
  ++next_;
  if (++made_ < frames_) return;
  encoder_.reset();
  resampler_.reset();
  weigh();
}

}  // namespace portico::media
