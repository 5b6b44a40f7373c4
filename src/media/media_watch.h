#pragma once
// Notices that nothing comes any more (voice-applications.md section 5.4, limits::kMediaSilenceMax). One
// owner.

#include <optional>

#include "base/limits.h"
#include "base/time.h"

namespace portico::media {

class MediaWatch {
 public:
  struct Silent {
    bool rtp = false;
    bool rtcp = false;
  };

  explicit MediaWatch(TimePoint now) : last_rtp_(now), last_rtcp_(now) {}
  void on_rtp(TimePoint now) {
    last_rtp_ = now;
    told_.rtp = false;
  }
  void on_rtcp(TimePoint now) {
    last_rtcp_ = now;
    told_.rtcp = false;
  }
  // Something to tell: one of the two has newly fallen silent.
  std::optional<Silent> check(TimePoint now) {
    const Silent silent{.rtp = now - last_rtp_ >= limits::kMediaSilenceMax,
                        .rtcp = now - last_rtcp_ >= limits::kMediaSilenceMax};
    const bool news = (silent.rtp && !told_.rtp) || (silent.rtcp && !told_.rtcp);
    told_ = silent;
    return news ? std::optional(silent) : std::nullopt;
  }

 private:
  TimePoint last_rtp_;
  TimePoint last_rtcp_;
  Silent told_;
};

}  // namespace portico::media
