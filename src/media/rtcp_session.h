#pragma once
// One port's RTCP (RFC 3550 section 6): reports out about every 5 s, what the far side reports in. A BYE in
// it ends nothing, since anybody could send one: signalling ends calls. One owner.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/address.h"
#include "base/time.h"
#include "media/port_seed.h"
#include "media/receiver.h"
#include "media/sender.h"
#include "media/stream.h"
#include "rtp/rtcp.h"
#include "rtp/srtp.h"

namespace portico::media {

class RtcpSession {
 public:
  // `start` ties monotonic to wall time.
  RtcpSession(PortId port, const PortSeed& seed, Now start);

  void configure(TimePoint now, const StreamDescription& stream);
  void forget_source() { locked_.reset(); }  // that of RTP is another one
  // True when it was the party's; false: dropped and counted.
  bool on_packet(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes, rtp::SrtpSession* srtp,
                 Receiver& receiver, const Sender& sender);

  TimePoint deadline() const { return next_report_; }
  struct Parts {
    const Sender& sender;
    Receiver& receiver;
    rtp::SrtpSession* srtp = nullptr;
  };
  void send_report(TimePoint now, const Parts& parts, bool goodbye, Outputs& out);
  // The last report, with BYE. Who has sent neither RTP nor RTCP must not take leave (RFC 3550
  // section 6.3.7).
  void say_goodbye(TimePoint now, const Parts& parts, Outputs& out);

  Millis round_trip() const { return round_trip_; }
  std::uint32_t remote_lost() const { return remote_lost_; }
  std::uint32_t remote_jitter_ticks() const { return remote_jitter_; }
  // The highest sequence number of ours that the far side has reported.
  std::optional<std::uint32_t> remote_highest() const { return remote_highest_; }

 private:
  bool admits(TimePoint now, const Endpoint& from, const SourceLock& lock) const;
  std::optional<Endpoint> target(const SourceLock& lock) const;
  void take(TimePoint now, const rtp::Compound& compound, Receiver& receiver, const Sender& sender);
  rtp::NtpTime ntp(TimePoint now) const;
  double chance();

  PortId port_;
  Now start_;
  std::uint64_t random_;
  std::string cname_;
  bool mux_ = false;
  Endpoint remote_;                 // as SDP says
  std::optional<Endpoint> locked_;  // where a sender report of the locked source came from, without mux
  TimePoint next_report_ = kNever;
  bool has_reported_ = false;
  std::uint64_t packets_at_report_ = 0;
  double average_octets_ = 100;
  Millis round_trip_{0};
  std::uint32_t remote_lost_ = 0;
  std::uint32_t remote_jitter_ = 0;
  std::optional<std::uint32_t> remote_highest_;
};

}  // namespace portico::media
