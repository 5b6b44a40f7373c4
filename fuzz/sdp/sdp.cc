// room: sdp
// One or two descriptions of a peer's, parted by a line "====", each as an offer and as an answer to ours,
// the second in the session that the first has begun. What must hold is in checks.h.
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "base/limits.h"
#include "checks.h"
#include "sdp/negotiation.h"
#include "sdp/session_description.h"

namespace {

using namespace fuzz;

constexpr std::string_view kParting = "\n====\n";

std::vector<SrtpKey> keys_of(std::span<const SrtpSuite> suites) {
  return make_keys(suites,
                   [](std::span<std::uint8_t> out) { std::fill(out.begin(), out.end(), std::uint8_t{0}); });
}

// Everything, over IPv4.
LocalMedia wide() {
  constexpr std::array kSuites{SrtpSuite::aead_aes_128_gcm, SrtpSuite::aes_cm_128_hmac_sha1_80};
  return {.rtp = {.ip = IpAddress::v4(0x7F000001), .port = 16384},
          .rtcp = {.ip = IpAddress::v4(0x7F000001), .port = 16385},
          .keys = keys_of(kSuites)};
}

// As little as there can be, over IPv6, with the peer on hold.
LocalMedia narrow() {
  constexpr std::array kSuites{SrtpSuite::aes_cm_128_hmac_sha1_80};
  const auto ip = parse_ip("2001:db8::5").value();
  return {.rtp = {.ip = ip, .port = 20'000},
          .rtcp = {.ip = ip, .port = 20'009},
          .codecs = {Codec::opus},
          .telephone_event = false,
          .rtcp_mux = false,
          .keys = keys_of(kSuites),
          .direction = Direction::send_only,
          .session_id = UINT64_MAX};
}

void check_written(std::string_view text) {
  const auto described = parse(text);
  if (!described) return require(!described.error().what.empty());
  const auto written = write(*described);
  const auto again = parse(written);
  if (written.size() > limits::kSdpBytesMax) return;
  require(again && again->media.size() == described->media.size());
  const auto same_attribute = [](const Attribute& a, const Attribute& b) {
    return a.name == b.name && a.value == b.value;
  };
  require(std::ranges::equal(again->attributes, described->attributes, same_attribute));
  for (std::size_t i = 0; i < again->media.size(); ++i) {
    const auto& a = again->media[i];
    const auto& b = described->media[i];
    require(a.type == b.type && a.port == b.port && a.protocol == b.protocol && a.formats == b.formats);
    require(std::ranges::equal(a.attributes, b.attributes, same_attribute));
  }
}

const Negotiated* previous(const Past* past) { return past == nullptr ? nullptr : &past->agreed; }

// Another of our kind takes every offer of ours, and both know the same afterwards.
void check_among_ourselves(const Side& side, const std::string& offer, const Past* past) {
  const auto answered = make_answer(offer, side.local, side.policy);
  require(answered.has_value());
  const auto applied = apply_answer(offer, answered->text, side.policy, previous(past));
  require(applied.has_value());
  const auto& callee = answered->negotiated;
  require(applied->audio == callee.audio && applied->telephone_events == callee.telephone_events);
  require(applied->rtcp_mux == callee.rtcp_mux && applied->direction == reversed(callee.direction));
  require(applied->srtp.has_value() == (side.policy.srtp != SrtpMode::off));
  require(!applied->srtp ||
          (applied->srtp->send == callee.srtp->receive && applied->srtp->receive == callee.srtp->send));
}

using Texts = std::span<const std::string_view>;
void talk(const Side& side, Texts texts, const Past* past);

void take_offer(const Side& side, Texts texts, const Past* past) {
  const auto answered = make_answer(texts.front(), side.local, side.policy, previous(past));
  if (!answered) return check_refusal(answered.error());
  check_answer(side, texts.front(), *answered, past);
  const auto again = make_answer(texts.front(), side.local, side.policy, &answered->negotiated);
  require(again && again->text == answered->text && again->negotiated == answered->negotiated);
  const Past next{.agreed = answered->negotiated, .peer = texts.front()};
  talk(side, texts.subspan(1), &next);
}

void take_answer(const Side& side, const std::string& our_offer, Texts texts, const Past* past) {
  const auto agreed = apply_answer(our_offer, texts.front(), side.policy, previous(past));
  if (!agreed) return check_refusal(agreed.error());
  check_applied(side, our_offer, texts.front(), *agreed, past);
  const Past next{.agreed = *agreed, .peer = texts.front()};
  talk(side, texts.subspan(1), &next);
}

void talk(const Side& side, Texts texts, const Past* past) {
  const auto offer = make_offer(side.local, side.policy, previous(past));
  check_offer(side, offer, past);
  if (past != nullptr) check_among_ourselves(side, offer, past);
  if (texts.empty()) return;
  take_offer(side, texts, past);
  take_answer(side, offer, texts, past);
  if (past != nullptr) take_answer(side, past->agreed.local_sdp, texts, past);  // a refresh
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = as_text({data, size});
  const auto parting = input.find(kParting);
  const bool two = parting != std::string_view::npos;
  const std::array descriptions{input.substr(0, parting),
                                two ? input.substr(parting + kParting.size()) : std::string_view{}};
  const auto texts = Texts(descriptions).first(two ? 2 : 1);
  std::ranges::for_each(texts, check_written);
  for (const auto& local : {wide(), narrow()}) {
    for (const auto mode : {SrtpMode::off, SrtpMode::optional, SrtpMode::required})
      talk({.local = local, .policy = {.srtp = mode}}, texts, nullptr);
  }
  return 0;
}
