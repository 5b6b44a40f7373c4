#pragma once
// An m=audio section with its meaning, as the one who wrote it sees it.

#include <optional>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "sdp/crypto.h"
#include "sdp/negotiated.h"
#include "sdp/payload_format.h"
#include "sdp/refusal.h"
#include "sdp/session_description.h"

namespace portico::sdp {

struct AudioLine {
  std::string_view protocol;  // RTP/AVP, RTP/AVPF, RTP/SAVP, RTP/SAVPF as written
  bool secure = false;        // one of the two last: keys are a must
  Endpoint rtp;
  Endpoint rtcp;  // where RTCP goes without rtcp-mux
  bool rtcp_mux = false;
  Direction direction = Direction::send_receive;
  bool direction_written = false;
  std::vector<PayloadFormat> formats;
  std::vector<CryptoLine> cryptos;  // those we could use
  std::optional<Millis> ptime;
  std::optional<Millis> ptime_max;

  bool on_old_hold() const { return rtp.ip.is_unspecified(); }  // c=0.0.0.0, RFC 3264 section 8.4
};

// Refuses what is not audio over RTP at an IP address, and audio that is switched off (port 0).
Outcome<AudioLine> read_audio_line(const SessionDescription& session, const MediaDescription& media);

// A socket of one address family reaches no other.
Outcome<void> check_reachable(const AudioLine& remote, const IpAddress& ours);

// The packet length to send: what the writer asks for, within 10..60 ms and its a=maxptime, in steps of 10
// ms.
Millis send_ptime(const AudioLine& line);

}  // namespace portico::sdp
