#include "media/playout.h"

#include <algorithm>
#include <array>

#include "audio/frame.h"
#include "media/drop.h"

namespace portico::media {
namespace {

using Block = std::array<std::int16_t, audio::kPacketSamplesMax>;

constexpr std::uint32_t kStepsPerSecond = 400;  // 2.5 ms, the finest that every codec can conceal

}  // namespace

Playout::Playout(Codec codec, unsigned out_rate)
    : codec_(codec), buffer_(rtp_clock_rate(codec)), decoder_(audio::make_decoder(codec)) {
  if (audio::sample_rate(codec) != out_rate) resampler_.emplace(audio::sample_rate(codec), out_rate);
}

void Playout::on_audio(TimePoint now, const rtp::Packet& packet) {
  switch (buffer_.put(now, packet)) {
    case JitterBuffer::Put::taken:
      return;
    case JitterBuffer::Put::late:
      ++counts_.late;
      return count(Drop::jitter_late);
    case JitterBuffer::Put::duplicate:
      ++counts_.duplicate;
      return count(Drop::jitter_duplicate);
    case JitterBuffer::Put::overflow:
      return count(Drop::jitter_overflow);
  }
}

bool Playout::pull(TimePoint now, std::span<std::int16_t> frame) {
  const auto size = frame.size();
  made_up_ = false;
  fill(now, size);
  if (buffer_.should_shrink()) {
    // Two frames in the time of one, the first flowing over into the second.
    fill(now, 2 * size);
    for (std::size_t i = 0; i < size; ++i) {
      const auto weight = static_cast<int>(i);
      const auto whole = static_cast<int>(size);
      ready_[size + i] =
          static_cast<std::int16_t>((ready_[i] * (whole - weight) + ready_[size + i] * weight) / whole);
    }
    ready_.erase(ready_.begin(), ready_.begin() + static_cast<std::ptrdiff_t>(size));
  }
  const auto end = ready_.begin() + static_cast<std::ptrdiff_t>(size);
  std::copy(ready_.begin(), end, frame.begin());
  ready_.erase(ready_.begin(), end);
  return !made_up_;
}

void Playout::fill(TimePoint now, std::size_t samples) {
  while (ready_.size() < samples) step(now);  // each step appends at least 2.5 ms
}

std::size_t Playout::samples_in(std::uint32_t ticks) const {
  const auto steps = std::max(1U, ticks / (rtp_clock_rate(codec_) / kStepsPerSecond));
  return std::min<std::size_t>(std::size_t{steps} * (audio::sample_rate(codec_) / kStepsPerSecond),
                               Block().size());
}

void Playout::append(audio::Samples samples) {
  if (resampler_) return resampler_->process(samples, ready_);
  ready_.insert(ready_.end(), samples.begin(), samples.end());
}

void Playout::append_silence(std::uint32_t ticks) {
  const Block silence{};
  append(audio::Samples(silence).first(samples_in(ticks)));
}

void Playout::conceal(ByteView next, std::uint32_t ticks) {
  Block block;
  const auto frame = std::span(block).first(samples_in(ticks));
  decoder_->conceal(next, frame);
  ++counts_.concealed;
  append(frame);
}

void Playout::step(TimePoint now) {
  const auto pulled = buffer_.pull(now);
  made_up_ |= pulled.next != JitterBuffer::Next::packet && pulled.next != JitterBuffer::Next::pause;
  const auto frame = audio::frame_ticks(codec_);
  switch (pulled.next) {
    case JitterBuffer::Next::waiting:
      return append_silence(frame);
    case JitterBuffer::Next::pause:
      return append_silence(pulled.ticks);
    case JitterBuffer::Next::dry:
      return conceal({}, frame);
    case JitterBuffer::Next::lost:
      return conceal(pulled.payload, pulled.ticks);
    case JitterBuffer::Next::packet:
      break;
  }
  Block block;
  const auto made = decoder_->decode(pulled.payload, block);
  if (made == 0) {
    count(Drop::undecodable);
    buffer_.advance(frame);
    return conceal({}, frame);
  }
  buffer_.advance(static_cast<std::uint32_t>(made * rtp_clock_rate(codec_) / audio::sample_rate(codec_)));
  append(audio::Samples(block).first(made));
}

}  // namespace portico::media
