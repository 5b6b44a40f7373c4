#include "media/recorder.h"

#include <algorithm>

#include "audio/goertzel.h"
#include "audio/tones.h"

namespace portico::media {
namespace {

constexpr unsigned kChunkMs = 500;
constexpr unsigned kCutMs = 300;  // held back: a digit is known this long after its tone began at the latest
constexpr unsigned kCutBlockMs = 10;
constexpr double kToneShare = 0.7;  // of a block's energy at the digit's two frequencies

}  // namespace

Recorder::Recorder(const Record& command, unsigned rate)
    : command_(command), rate_(rate), frame_rate_(rate) {}

audio::Samples Recorder::fit(unsigned rate, audio::Samples samples,
                             std::optional<audio::Resampler>& resampler, std::vector<std::int16_t>& scratch) {
  if (rate == rate_) return samples;
  if (!resampler) resampler.emplace(rate, rate_);
  scratch.clear();
  resampler->process(samples, scratch);
  return scratch;
}

void Recorder::append(const Frame& frame) {
  if (frame.rate != frame_rate_) {
    frame_rate_ = frame.rate;
    received_resampler_.reset();
    sent_resampler_.reset();
  }
  const auto received = fit(frame.rate, frame.received, received_resampler_, received_scratch_);
  if (command_.sides == RecordSides::received) {
    pending_.insert(pending_.end(), received.begin(), received.end());
    return;
  }
  const auto sent = fit(frame.rate, frame.sent, sent_resampler_, sent_scratch_);
  for (std::size_t i = 0; i < std::min(received.size(), sent.size()); ++i) {
    if (command_.sides == RecordSides::mixed) {
      pending_.push_back(audio::mix(received[i], sent[i]));
    } else {
      pending_.push_back(received[i]);
      pending_.push_back(sent[i]);
    }
  }
}

bool Recorder::too_silent(const Frame& frame) {
  if (command_.silence_timeout <= Millis(0)) return false;
  const auto length = frame.received.size() * 1'000 / frame.rate;
  silent_ms_ = audio::is_silence(frame.received) ? silent_ms_ + length : 0;
  return silent_ms_ >= static_cast<std::uint64_t>(command_.silence_timeout.count());
}

// Cuts what goes beyond.
bool Recorder::too_long() {
  if (command_.duration_max <= Millis(0)) return false;
  const auto most = static_cast<std::uint64_t>(command_.duration_max.count()) * rate_ / 1'000;
  const auto have = handed_out_ + pending_.size() / channels();
  if (have < most) return false;
  pending_.resize(pending_.size() - static_cast<std::size_t>(have - most) * channels());
  return true;
}

bool Recorder::on_frame(const Frame& frame, Outputs& out) {
  if (paused_) return false;
  append(frame);
  if (too_long()) {
    close(RecordEnd::max_duration, out);
    return true;
  }
  if (too_silent(frame)) {
    close(RecordEnd::silence, out);
    return true;
  }
  const auto a_millisecond = std::size_t{rate_ / 1'000} * channels();
  if (pending_.size() >= (kChunkMs + kCutMs) * a_millisecond) {
    hand_out(pending_.size() - kCutMs * a_millisecond, out, std::nullopt);
  }
  return false;
}

bool Recorder::on_digit(char digit, Outputs& out) {
  if (command_.terminating_digits.find(digit) == std::string::npos) return false;
  cut_tone(digit);
  close(RecordEnd::digit, out, digit);
  return true;
}

// The digit is known a little after its tone begins; with RFC 4733 too some of the tone may have come as
// sound before.
void Recorder::cut_tone(char digit) {
  const auto pair = audio::dtmf_pair(digit);
  if (!pair) return;
  const std::size_t step = std::size_t{rate_} / 1'000 * kCutBlockMs;
  const std::size_t have = pending_.size() / channels();
  const std::size_t back = std::min(have, std::size_t{rate_} / 1'000 * kCutMs) / step;
  std::vector<std::int16_t> block(step);
  for (std::size_t start = have - back * step; start + step <= have; start += step) {
    for (std::size_t i = 0; i < step; ++i) block[i] = pending_[(start + i) * channels()];
    const double share =
        audio::tone_share(block, rate_, pair->low_hz) + audio::tone_share(block, rate_, pair->high_hz);
    if (share < kToneShare || audio::is_silence(block)) continue;
    // The tone may have begun within the block before.
    const auto cut = start >= step ? start - step : 0;
    return pending_.resize(cut * channels());
  }
}

void Recorder::hand_out(std::size_t samples, Outputs& out, std::optional<RecordingClosed> closed) {
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(samples);
  handed_out_ += samples / channels();
  if (closed) {
    closed->samples = handed_out_;
    closed->duration = Millis(static_cast<std::int64_t>(handed_out_ * 1'000 / rate_));
  }
  out.chunks.push_back({.port = command_.port,
                        .record = command_.record,
                        .path = command_.path,
                        .format = command_.format,
                        .rate = rate_,
                        .channels = channels(),
                        .samples = std::vector<std::int16_t>(pending_.begin(), end),
                        .closed = std::move(closed)});
  pending_.erase(pending_.begin(), end);
}

void Recorder::close(RecordEnd end, Outputs& out, char digit) {
  hand_out(pending_.size(), out,
           RecordingClosed{.port = command_.port,
                           .record = command_.record,
                           .end = end,
                           .digit = digit,
                           .rate = rate_,
                           .channels = channels(),
                           .path = command_.path});
  out.events.push_back(
      RecordingEnded{.port = command_.port,
                     .record = command_.record,
                     .duration = Millis(static_cast<std::int64_t>(handed_out_ * 1'000 / rate_)),
                     .channels = channels()});
}

}  // namespace portico::media
