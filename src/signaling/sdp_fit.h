#pragma once
// Whether an INVITE's session description can be answered at all: admission step 12, before any media is
// touched.

#include <span>
#include <string>
#include <string_view>

#include "admission/facts.h"
#include "base/codec.h"
#include "sdp/negotiation.h"

namespace portico::signaling {

struct SdpVerdict {
  admission::SdpFit fit = admission::SdpFit::fits;
  std::string fault;    // why it does not fit; empty where it does
  std::string warning;  // value of a Warning header (RFC 3261 section 20.43) that tells the peer why not
};

// An empty body fits: our offer will do. `agent` is our name in the warning.
SdpVerdict judge_sdp(std::string_view body, IpAddress local, std::span<const Codec> codecs,
                     sdp::SrtpMode srtp, std::string_view agent);

}  // namespace portico::signaling
