#include "media/encoded_sound.h"

#include <algorithm>
#include <array>

#include "audio/frame.h"

namespace portico::media {

EncodedSound::EncodedSound(std::shared_ptr<const audio::Pcm> source, Codec codec)
    : source_(std::move(source)), codec_(codec), encoder_(audio::make_encoder(codec)) {
  const auto rate = audio::sample_rate(codec);
  if (source_->rate != rate) resampler_.emplace(source_->rate, rate);
  const auto samples = source_->samples.size() * rate / source_->rate;
  frames_ = (samples + audio::frame_samples(codec) - 1) / audio::frame_samples(codec);
}

EncodedSound::Frame EncodedSound::frame(std::size_t index) {
  while (made_ <= index) make_next();
  const Block& block = *blocks_[index / kBlockFrames];
  const auto at = index % kBlockFrames;
  const auto begin = at == 0 ? 0 : block.ends[at - 1];
  const auto size = audio::frame_samples(codec_);
  return {.payload = ByteView(block.payloads).subspan(begin, block.ends[at] - begin),
          .samples = audio::Samples(block.samples).subspan(at * size, size)};
}

// Brings at least a frame into pending_, filled up with silence at the sound's end.
void EncodedSound::refill() {
  const auto size = audio::frame_samples(codec_);
  while (pending_.size() < size && source_) {
    const auto piece = std::min<std::size_t>(source_->rate / 50 + 1, source_->samples.size() - taken_);
    const auto samples = audio::Samples(source_->samples).subspan(taken_, piece);
    taken_ += piece;
    if (resampler_) {
      resampler_->process(samples, pending_);
    } else {
      pending_.insert(pending_.end(), samples.begin(), samples.end());
    }
    if (taken_ < source_->samples.size()) continue;
    if (resampler_) resampler_->finish(pending_);
    source_.reset();
    resampler_.reset();
  }
  if (pending_.size() < size) pending_.resize(size, 0);
}

void EncodedSound::make_next() {
  refill();
  if (made_ % kBlockFrames == 0) {
    auto block = std::make_unique<Block>();
    const auto frames = std::min(kBlockFrames, frames_ - made_);
    block->ends.reserve(frames);
    block->samples.reserve(frames * audio::frame_samples(codec_));
    block->payloads.reserve(frames * (codec_ == Codec::opus ? 80 : 160));
    bytes_ += block->samples.capacity() * 2 + block->payloads.capacity() +
              block->ends.capacity() * sizeof(std::size_t);
    blocks_.push_back(std::move(block));
  }
  Block& block = *blocks_.back();
  const auto size = audio::frame_samples(codec_);
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(size);
  block.samples.insert(block.samples.end(), pending_.begin(), end);
  pending_.erase(pending_.begin(), end);
  std::array<std::uint8_t, audio::kPayloadBytesMax> payload;
  const auto bytes = encoder_->encode(audio::Samples(block.samples).last(size), payload);
  block.payloads.insert(block.payloads.end(), payload.begin(),
                        payload.begin() + static_cast<std::ptrdiff_t>(bytes));
  block.ends.push_back(block.payloads.size());
  if (++made_ == frames_) encoder_.reset();
}

}  // namespace portico::media
