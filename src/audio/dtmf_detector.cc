#include "audio/dtmf_detector.h"

#include <spandsp.h>

#include <new>

namespace portico::audio {
namespace {

constexpr unsigned kListenRate = 8'000;

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
  receiver_->heard.reset();
  dtmf_rx(receiver_->state.get(), block.data(), static_cast<int>(block.size()));
  return receiver_->heard;
}

}  // namespace portico::audio
