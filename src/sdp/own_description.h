#pragma once
// The session descriptions that we write: one audio stream, every other m-line refused.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/srtp_key.h"
#include "base/time.h"
#include "sdp/negotiated.h"

namespace portico::sdp {

struct OwnFormat {
  std::uint8_t payload_type = 0;
  std::string rtpmap;      // empty: a static type that needs no line
  std::string parameters;  // of a=fmtp, may be empty
};

struct OwnCrypto {
  std::uint32_t tag = 1;
  SrtpKey key;
};

struct OwnAudio {
  std::string protocol = "RTP/AVP";
  Endpoint rtp;
  Endpoint rtcp;
  std::vector<OwnFormat> formats;
  std::optional<Millis> ptime;
  std::optional<Direction> direction;  // nothing: sendrecv goes without saying
  bool rtcp_mux = false;
  std::vector<OwnCrypto> cryptos;
};

// One m-line as it stands in the session: ours, or refused with what is echoed of it (RFC 3264 section 6).
struct Slot {
  bool ours = false;
  std::string type;
  std::string protocol;
  std::string format;
};

struct OwnSession {
  std::uint64_t id = 1;
  std::uint64_t version = 1;
  IpAddress origin;  // of the first description; stays when media move
  std::vector<Slot> slots;
};

// The session that `local_sdp`, written by us, belongs to.
OwnSession read_own_session(std::string_view local_sdp);

std::string write_own(const OwnSession& session, const OwnAudio& audio);

// The same within a session that goes on: the version of `previous` where nothing changes, else one more.
std::string write_next(OwnSession session, const OwnAudio& audio, std::string_view previous);

OwnFormat own_codec(Codec codec, std::uint8_t payload_type, bool with_rtpmap);
OwnFormat own_telephone_event(std::uint32_t clock_rate, std::uint8_t payload_type);

}  // namespace portico::sdp
