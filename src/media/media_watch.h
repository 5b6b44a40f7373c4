#pragma once
// Notices that nothing comes any more, or that nothing of ours arrives (voice-applications.md section 5.4,
// limits::kMediaSilenceMax). One owner.

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/limits.h"
#include "base/time.h"

namespace portico::media {

class MediaWatch {
 public:
  struct Silent {
    bool rtp = false;
    bool rtcp = false;
    bool outbound = false;  // the party reports, but none of our packets since
    bool in_both() const { return rtp && rtcp; }
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
  // A report on what we send: the highest sequence number that arrived.
  void on_report(TimePoint now, std::uint32_t highest) {
    if (highest == highest_) return;
    highest_ = highest;
    on_nothing_sent(now);
  }
  void on_nothing_sent(TimePoint now) {
    last_arrival_ = now;
    told_.outbound = false;
  }
  // Something to tell: one of the three has newly fallen silent, or the party has been gone for as long
  // again. Where RTP is not expected (on hold) it is missed as the RTCP is, from then on.
  std::optional<Silent> check(TimePoint now, bool rtp_expected) {
    const auto over = [now](TimePoint last) { return now - last >= limits::kMediaSilenceMax; };
    (rtp_expected ? expected_at_ : last_rtp_) = now;
    const Silent silent{.rtp = over(rtp_expected ? last_rtp_ : std::max(last_rtcp_, expected_at_)),
                        .rtcp = over(last_rtcp_),
                        .outbound = highest_ && !over(last_rtcp_) && over(last_arrival_)};
    const bool news = (silent.rtp && !told_.rtp) || (silent.rtcp && !told_.rtcp) ||
                      (silent.outbound && !told_.outbound) || (silent.in_both() && over(told_at_));
    told_ = silent;
    if (!news) return std::nullopt;
    told_at_ = now;
    return silent;
  }

 private:
  TimePoint last_rtp_;
  TimePoint last_rtcp_;
  TimePoint expected_at_{};  // when RTP was expected last
  std::optional<std::uint32_t> highest_;
  TimePoint last_arrival_{};
  Silent told_;
  TimePoint told_at_{};
};

}  // namespace portico::media
