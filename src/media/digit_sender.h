#pragma once
// Carries out SendDigits, one 20 ms frame at a time, in sample time: tones begin and end at the sample that
// the script says, whatever the frames are. One owner.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "audio/tones.h"
#include "media/digit_script.h"
#include "media/events.h"
#include "media/sender.h"

namespace portico::media {

class DigitSender {
 public:
  // Refused ones are told at once.
  void start(const SendDigits& command, std::vector<Event>& events);
  // What is under way ends where it is; a telephone-event's end is still to be sent.
  void cancel(PortId port, std::vector<Event>& events);
  bool busy() const { return !scripts_.empty() || (event_ && !event_->done()); }

  // One frame while busy(). With telephone-event: at most a few event packets, and true if the frame must
  // stay free of audio. Without: the tones are written into `frame` (silence before), and false.
  bool frame(PortId port, Sender& sender, const Sender::Path& path, std::span<std::int16_t> frame,
             unsigned rate, Outputs& out);
  bool sounded() const { return sounded_; }  // there is a tone in the last frame
  // In place of a frame: nothing may be sent. A tone cannot be joined again where it was cut.
  void hold();

 private:
  struct Script {
    std::uint64_t seq = 0;
    std::vector<DigitStep> steps;
    std::size_t step = 0;
  };
  struct Place {
    std::size_t at = 0;  // sample within the frame
    unsigned rate = 8'000;
  };
  void begin_step(const DigitStep& step, const Place& place, Sender& sender, const Sender::Path& path,
                  Outputs& out);
  void change_rate(char digit, unsigned rate);

  std::vector<Script> scripts_;
  bool in_step_ = false;
  std::size_t left_ = 0;   // samples left of the present step
  unsigned rate_ = 8'000;  // of those samples, Hz
  bool sounded_ = false;
  std::optional<audio::Oscillator> tone_;
  std::optional<rtp::EventSender> event_;
};

}  // namespace portico::media
