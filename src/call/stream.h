#pragma once
// From what SDP settled to what the media room is told.

#include "base/address.h"
#include "media/stream.h"
#include "sdp/negotiated.h"

namespace portico::call {

// `signalling_source`: where the peer's SIP came from. An SDP address that is private and differs from it is
// not where packets will come from.
media::StreamDescription stream_of(const sdp::Negotiated& negotiated, IpAddress signalling_source);

}  // namespace portico::call
