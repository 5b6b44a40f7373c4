#include "signaling/sdp_fit.h"

#include <algorithm>

#include "base/utf8.h"
#include "call/srtp_suites.h"

namespace portico::signaling {
namespace {

// The keys are never sent: only whether the offer's suites can be met is asked.
const std::vector<SrtpKey>& any_keys() {
  static const auto keys = [] {
    return sdp::make_keys(call::kSrtpSuitesSpoken,
                          [](std::span<std::uint8_t> out) { std::fill(out.begin(), out.end(), 1); });
  }();
  return keys;
}

}  // namespace

SdpVerdict judge_sdp(std::string_view body, IpAddress local_ip, std::span<const Codec> codecs,
                     sdp::SrtpMode srtp, std::string_view agent) {
  if (body.empty()) return {};
  sdp::LocalMedia local;
  local.rtp = {.ip = local_ip, .port = 2};
  local.rtcp = {.ip = local.rtp.ip, .port = 3};
  local.codecs.assign(codecs.begin(), codecs.end());
  if (body.find("a=crypto:") != std::string_view::npos) local.keys = any_keys();
  const auto answer = sdp::make_answer(body, local, {.srtp = srtp});
  if (answer) return {};
  SdpVerdict verdict{.fit = admission::SdpFit::no_common_codec,
                     // It quotes the offer.
                     .fault = mend_utf8(first_bytes(answer.error().error.what, 256)),
                     .warning = sdp::warning_header(answer.error(), agent)};
  if (answer.error().sip_status == 400) {
    verdict.fit = admission::SdpFit::unparseable;
  } else if (srtp == sdp::SrtpMode::required && local.keys.empty()) {
    verdict.fit = admission::SdpFit::no_srtp;
  }
  return verdict;
}

}  // namespace portico::signaling
