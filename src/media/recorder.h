#pragma once
// One recording: collects frames, decides when it is over, hands out chunks for the worker that writes the
// file. Never touches the file itself. One owner.

#include <cstdint>
#include <optional>
#include <vector>

#include "audio/pcm.h"
#include "audio/resampler.h"
#include "media/commands.h"
#include "media/outputs.h"

namespace portico::media {

class Recorder {
 public:
  // `rate` in Hz is the file's, whatever frames come later.
  Recorder(const Record& command, unsigned rate);

  const RecordId& id() const { return command_.record; }
  void pause() { paused_ = true; }
  void resume() { paused_ = false; }

  struct Frame {
    unsigned rate = 8'000;  // Hz
    audio::Samples received;
    audio::Samples sent;  // as long
  };
  // True when this frame ended the recording (longest duration, silence); it is closed then.
  [[nodiscard]] bool on_frame(const Frame& frame, Outputs& out);
  // True when the digit ends it: the tone is cut off and it is closed.
  [[nodiscard]] bool on_digit(char digit, Outputs& out);
  void close(RecordEnd end, Outputs& out, char digit = 0);

 private:
  unsigned channels() const { return command_.sides == RecordSides::two_channels ? 2 : 1; }
  void append(const Frame& frame);
  audio::Samples fit(unsigned rate, audio::Samples samples, std::optional<audio::Resampler>& resampler,
                     std::vector<std::int16_t>& scratch);
  bool too_silent(const Frame& frame);
  bool too_long();
  void cut_tone(char digit);
  void hand_out(std::size_t samples, Outputs& out, std::optional<RecordingClosed> closed);

  Record command_;
  unsigned rate_;
  bool paused_ = false;
  std::vector<std::int16_t> pending_;  // interleaved, not handed out; its end may still be cut
  std::uint64_t handed_out_ = 0;       // samples of one channel
  std::uint64_t silent_ms_ = 0;
  // After a re-INVITE to a codec of another rate.
  unsigned frame_rate_;
  std::optional<audio::Resampler> received_resampler_;
  std::optional<audio::Resampler> sent_resampler_;
  std::vector<std::int16_t> received_scratch_;
  std::vector<std::int16_t> sent_scratch_;
};

}  // namespace portico::media
