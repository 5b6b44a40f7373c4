#pragma once
// What is known of where a leg's packets will come from, before its source is locked.

#include <optional>

#include "base/address.h"
#include "media/stream.h"

namespace portico::medianode {

struct Expectation {
  enum class From : unsigned char {
    unknown,      // the far side's SDP is not here yet
    nobody,       // it sends nothing (on hold, no address)
    sdp_address,  // from the address of its SDP
    anywhere,     // its SDP address is behind NAT, or the SRTP tag will prove any address
  };
  From from = From::unknown;
  Endpoint rtp;      // as its SDP says
  Endpoint rtcp;     // the same as `rtp` where RTCP is multiplexed
  IpAddress likely;  // the address it will most likely come from: SDP's, behind NAT that of its signalling

  bool waits() const { return from != From::nobody; }
  // It comes from a port that only its NAT knows.
  bool is_nameless() const { return from == From::anywhere && likely != rtp.ip; }
  bool may_be(const IpAddress& ip) const { return waits() && from != From::unknown && likely == ip; }
};

// Before offer and answer are through. A private SDP address that is not where the signalling came from may
// hide behind NAT. `srtp`: it is offered.
Expectation expect(const std::optional<Endpoint>& sdp, const IpAddress& signalling_source, bool srtp = false);
// After them.
Expectation expect(const media::StreamDescription& stream);

// Whether a leg that is described anew keeps its source: media::Configure unlocks it otherwise.
bool same_source(const media::StreamDescription& before, const media::StreamDescription& now);

}  // namespace portico::medianode
