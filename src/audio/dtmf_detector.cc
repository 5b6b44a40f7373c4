#include "audio/dtmf_detector.h"

#include <spandsp.h>

#include <algorithm>
#include <new>
#include <utility>

namespace portico::audio {
namespace {

constexpr unsigned kListenRate = 8'000;
constexpr std::size_t kWindow = kListenRate / 100;  // shorter than the pause between two presses
constexpr std::int64_t kFall = 10;                  // in power: 10 dB

}  // namespace

struct DtmfDetector::Receiver {
  struct Free {
    void operator()(dtmf_rx_state_t* rx) const { dtmf_rx_free(rx); }
  };
  std::unique_ptr<dtmf_rx_state_t, Free> state;
  std::optional<char> heard;

  static void on_tone(void* self, int code, int, int) {
    if (code != 0) static_cast<Receiver*>(self)->heard = static_cast<char>(code);
  }
};

DtmfDetector::DtmfDetector(unsigned rate) : receiver_(std::make_unique<Receiver>()) {
  receiver_->state.reset(dtmf_rx_init(nullptr, nullptr, nullptr));
  if (!receiver_->state) throw std::bad_alloc();
  // The realtime callback tells the start of a tone; the plain one waits for digits to queue up.
  dtmf_rx_set_realtime_callback(receiver_->state.get(), &Receiver::on_tone, receiver_.get());
  if (rate != kListenRate) resampler_.emplace(rate, kListenRate);
}
DtmfDetector::~DtmfDetector() = default;

std::optional<char> DtmfDetector::on_samples(Samples block) {
  narrow_.clear();
  if (resampler_) {
    resampler_->process(block, narrow_);
    block = narrow_;
  }
  std::optional<char> key;
  while (!block.empty()) {
    const auto piece = block.first(std::min(block.size(), kWindow - in_window_));
    block = block.subspan(piece.size());
    receiver_->heard.reset();
    dtmf_rx(receiver_->state.get(), piece.data(), static_cast<int>(piece.size()));
    // Before this window is looked at: a tone that ends in it is told of after its end.
    if (receiver_->heard && is_pressed_anew(*receiver_->heard)) key = receiver_->heard;
    measure(piece);
  }
  return key;
}

void DtmfDetector::measure(Samples piece) {
  for (const std::int64_t sample : piece) energy_ += sample * sample;
  in_window_ += piece.size();
  if (in_window_ < kWindow) return;
  in_window_ = 0;
  window_energy_ = std::exchange(energy_, 0);
  if (window_energy_ * kFall < told_energy_) fell_ = true;
}

// spandsp takes a tone for over when it misses its limits for two of its blocks, as one does that Opus
// carried or whose two frequencies are just as far apart in level as they may be, and then for begun again.
bool DtmfDetector::is_pressed_anew(char key) {
  if (key == told_ && !fell_) return false;
  told_ = key;
  told_energy_ = window_energy_;
  fell_ = false;
  return true;
}

}  // namespace portico::audio
