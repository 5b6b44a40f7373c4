#include "medianode/expectation.h"

namespace portico::medianode {
namespace {

using From = Expectation::From;

}  // namespace

Expectation expect(const std::optional<Endpoint>& sdp, const IpAddress& signalling_source, bool srtp) {
  if (!sdp) return {};
  if (sdp->port == 0 || sdp->ip.is_unspecified()) return {.from = From::nobody};
  const Endpoint rtcp{.ip = sdp->ip, .port = static_cast<std::uint16_t>(sdp->port + 1)};
  if (sdp->ip.is_private() && sdp->ip != signalling_source)
    return {.from = From::anywhere, .rtp = *sdp, .rtcp = rtcp, .likely = signalling_source};
  return {.from = srtp ? From::anywhere : From::sdp_address, .rtp = *sdp, .rtcp = rtcp, .likely = sdp->ip};
}

Expectation expect(const media::StreamDescription& stream) {
  const auto& rtp = stream.remote_rtp;
  if (rtp.port == 0 || rtp.ip.is_unspecified()) return {.from = From::nobody};
  const bool behind_nat = stream.remote_behind_nat;
  const bool proven = stream.receive_key.has_value();
  return {
      .from = behind_nat || proven ? From::anywhere : From::sdp_address,
      .rtp = rtp,
      .rtcp = stream.rtcp_mux ? rtp : stream.remote_rtcp,
      .likely = behind_nat && !stream.signalling_source.is_unspecified() ? stream.signalling_source : rtp.ip};
}

bool same_source(const media::StreamDescription& before, const media::StreamDescription& now) {
  return before.remote_rtp == now.remote_rtp && before.remote_behind_nat == now.remote_behind_nat &&
         before.signalling_source == now.signalling_source && before.receive_key == now.receive_key &&
         !media::resumes(before, now);
}

}  // namespace portico::medianode
