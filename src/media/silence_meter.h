#pragma once
// DetectSilence: tells once when the party has been silent for long enough, and again after it has spoken.
// One owner.

#include <optional>

#include "audio/goertzel.h"
#include "audio/pcm.h"
#include "base/time.h"

namespace portico::media {

class SilenceMeter {
 public:
  void detect(Millis after) {  // 0: off
    after_ = after;
    silent_ = Millis(0);
    told_ = false;
  }
  bool on() const { return after_ > Millis(0); }

  // How long it has been silent, when that is news.
  std::optional<Millis> on_frame(audio::Samples frame, Millis length) {
    if (!on()) return std::nullopt;
    if (!audio::is_silence(frame)) {
      silent_ = Millis(0);
      told_ = false;
      return std::nullopt;
    }
    silent_ += length;
    if (told_ || silent_ < after_) return std::nullopt;
    told_ = true;
    return silent_;
  }

 private:
  Millis after_{0};
  Millis silent_{0};
  bool told_ = false;
};

}  // namespace portico::media
