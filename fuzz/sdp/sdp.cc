// room: sdp
// A peer's session description as an offer and as an answer: what we make of it must be SDP again, with every
// m-line in its place, and a re-offer must keep the session.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/limits.h"
#include "sdp/negotiation.h"
#include "sdp/session_description.h"

namespace {

using namespace portico;
using namespace portico::sdp;

void require(bool holds) {
  if (!holds) std::abort();
}

LocalMedia local_media() {
  constexpr std::array kSuites{SrtpSuite::aead_aes_128_gcm, SrtpSuite::aes_cm_128_hmac_sha1_80};
  const auto zeros = [](std::span<std::uint8_t> out) { std::fill(out.begin(), out.end(), std::uint8_t{0}); };
  return {.rtp = {.ip = IpAddress::v4(0x7F000001), .port = 16384},
          .rtcp = {.ip = IpAddress::v4(0x7F000001), .port = 16385},
          .keys = make_keys(kSuites, zeros)};
}

void check_reoffer(const LocalMedia& local, const Policy& policy, const Negotiated& agreed,
                   std::size_t lines) {
  const auto reoffer = make_offer(local, policy, &agreed);
  const auto described = parse(reoffer);
  require(described && described->media.size() == lines);
  (void)apply_answer(reoffer, reoffer, policy);
}

void check_offer(std::string_view text, std::size_t lines, const LocalMedia& local, const Policy& policy) {
  const auto answered = make_answer(text, local, policy);
  if (!answered) {
    require(!answered.error().error.what.empty());
    (void)warning_header(answered.error(), "portico");
    return;
  }
  const auto described = parse(answered->text);
  require(described && described->media.size() == lines);
  require(policy.srtp != SrtpMode::required || answered->negotiated.srtp.has_value());
  const auto again = make_answer(text, local, policy, &answered->negotiated);
  require(again && again->text == answered->text && again->negotiated == answered->negotiated);
  check_reoffer(local, policy, answered->negotiated, lines);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text({data, size});
  const auto described = parse(text);
  if (described) {
    const auto again = write(*described);
    const auto reparsed = parse(again);
    require(again.size() > limits::kSdpBytesMax ||
            (reparsed && reparsed->media.size() == described->media.size()));
  }
  const auto local = local_media();
  for (const auto mode : {SrtpMode::off, SrtpMode::optional, SrtpMode::required}) {
    const Policy policy{.srtp = mode};
    check_offer(text, described ? described->media.size() : 0, local, policy);
    const auto agreed = apply_answer(make_offer(local, policy), text, policy);
    if (agreed) require(mode != SrtpMode::required || agreed->srtp.has_value());
  }
  return 0;
}
