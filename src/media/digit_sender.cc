#include "media/digit_sender.h"

#include <algorithm>

#include "base/limits.h"

namespace portico::media {
namespace {

constexpr auto kToneHeard = Millis(40);  // ITU-T Q.24: a tone as long as this is a digit

std::size_t samples_of(Millis duration, unsigned rate) {
  return static_cast<std::size_t>(duration.count()) * rate / 1'000;
}

}  // namespace

void DigitSender::start(const SendDigits& command, std::vector<Event>& events) {
  auto steps = read_digits(command.digits, command.tone_duration, command.tone_interval);
  if (!steps || scripts_.size() >= limits::kSendDigitsQueuedMax) {
    events.push_back(DigitsSent{.port = command.port, .seq = command.seq, .sent = false});
    return;
  }
  scripts_.push_back({.seq = command.seq, .steps = std::move(*steps)});
}

void DigitSender::cancel(PortId port, std::vector<Event>& events) {
  for (const auto& script : scripts_)
    events.push_back(DigitsSent{.port = port, .seq = script.seq, .sent = false});
  scripts_.clear();
  in_step_ = false;
  tone_.reset();
  if (event_) event_->cut();
}

void DigitSender::begin_step(const DigitStep& step, const Place& place, Sender& sender,
                             const Sender::Path& path, Outputs& out) {
  in_step_ = true;
  rate_ = place.rate;
  left_ = samples_of(step.duration, place.rate);
  tone_.reset();
  if (step.digit == 0) return;
  if (!sender.has_events()) {
    tone_.emplace(place.rate, *audio::dtmf_pair(step.digit), audio::kDtmfAmplitude);
    return;
  }
  while (event_ && !event_->done())
    sender.send_event(path, *event_->next(), out);  // ends of the digit before
  const auto ticks = static_cast<std::uint32_t>(place.at * sender.clock_rate() / place.rate);
  const rtp::EventSender::Digit digit{.event = *rtp::event_of(step.digit), .duration = step.duration};
  event_.emplace(digit, sender.timestamp() + ticks, sender.event_clock());
}

// After a re-INVITE to a codec of another rate the present step is as long as it was to be.
void DigitSender::change_rate(char digit, unsigned rate) {
  left_ = left_ * rate / rate_;
  rate_ = rate;
  if (tone_) tone_.emplace(rate, *audio::dtmf_pair(digit), audio::kDtmfAmplitude);
}

void DigitSender::hold() {
  if (!in_step_ || !tone_) return;
  auto& script = scripts_.front();
  const auto whole = samples_of(script.steps[script.step].duration, rate_);
  if (whole - left_ >= samples_of(kToneHeard, rate_)) ++script.step;  // else it is begun anew
  in_step_ = false;
  tone_.reset();
}

bool DigitSender::frame(PortId port, Sender& sender, const Sender::Path& path, std::span<std::int16_t> frame,
                        unsigned rate, Outputs& out) {
  sounded_ = false;
  if (!sender.has_events())
    event_.reset();  // a re-INVITE took them away: the rest of it would be no packets at all
  std::size_t at = 0;
  while (at < frame.size() && !scripts_.empty()) {
    Script& script = scripts_.front();
    if (script.step == script.steps.size()) {
      out.events.push_back(DigitsSent{.port = port, .seq = script.seq, .sent = true});
      scripts_.erase(scripts_.begin());
      continue;
    }
    const auto& step = script.steps[script.step];
    if (!in_step_) begin_step(step, {.at = at, .rate = rate}, sender, path, out);
    if (rate != rate_) change_rate(step.digit, rate);
    const auto length = std::min(left_, frame.size() - at);
    if (tone_) tone_->add_to(frame.subspan(at, length));
    sounded_ = sounded_ || tone_;
    at += length;
    left_ -= length;
    if (left_ == 0) {
      in_step_ = false;
      ++script.step;
    }
  }
  if (!event_ || event_->done()) return false;
  sender.send_event(path, *event_->next(), out);
  return true;
}

}  // namespace portico::media
