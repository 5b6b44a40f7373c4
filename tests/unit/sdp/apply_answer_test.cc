#include <gtest/gtest.h>

#include "sdp/samples.h"

namespace portico::sdp {
namespace {

Negotiated applied(const std::string& offer, const std::string& answer, const Policy& policy = {}) {
  auto agreed = apply_answer(offer, answer, policy);
  EXPECT_TRUE(agreed) << agreed.error().error.what;
  return agreed.value_or(Negotiated{});
}

Refusal refused(const std::string& offer, const std::string& answer, const Policy& policy = {}) {
  const auto agreed = apply_answer(offer, answer, policy);
  EXPECT_FALSE(agreed) << answer;
  return agreed ? Refusal{} : agreed.error();
}

std::string crypto(std::string_view tag_and_suite) {
  return "a=crypto:" + std::string(tag_and_suite) + " inline:" + std::string(kKey30);
}

TEST(ApplyAnswer, AgreesWithWhatAnotherPorticoAnswers) {
  auto other = local_media();
  other.rtp = {.ip = *parse_ip("198.51.100.7"), .port = 20000};
  other.rtcp = {.ip = *parse_ip("198.51.100.7"), .port = 20001};
  other.keys =
      make_keys(std::array{SrtpSuite::aead_aes_256_gcm, SrtpSuite::aes_cm_128_hmac_sha1_80},
                [](std::span<std::uint8_t> out) { std::fill(out.begin(), out.end(), std::uint8_t{9}); });
  for (const auto mode : {SrtpMode::off, SrtpMode::optional, SrtpMode::required}) {
    const auto offer = make_offer(local_media(), {.srtp = mode});
    const auto answered = make_answer(offer, other, {.srtp = mode});
    ASSERT_TRUE(answered);
    const auto caller = applied(offer, answered->text, {.srtp = mode});
    const auto& callee = answered->negotiated;
    EXPECT_EQ(caller.remote_rtp, other.rtp);
    EXPECT_EQ(callee.remote_rtp, local_media().rtp);
    EXPECT_TRUE(caller.rtcp_mux && callee.rtcp_mux);
    EXPECT_EQ(caller.remote_rtcp, other.rtp);
    EXPECT_EQ(caller.audio, callee.audio);
    EXPECT_EQ(caller.telephone_events, callee.telephone_events);
    ASSERT_EQ(caller.srtp.has_value(), mode != SrtpMode::off);
    ASSERT_EQ(callee.srtp.has_value(), mode != SrtpMode::off);
    if (!caller.srtp) continue;
    EXPECT_EQ(caller.srtp->send, callee.srtp->receive);
    EXPECT_EQ(caller.srtp->receive, callee.srtp->send);
    EXPECT_EQ(caller.srtp->send.suite, SrtpSuite::aead_aes_256_gcm);
  }
}

TEST(ApplyAnswer, KeepsBothEndsNumbersApart) {
  const auto agreed = applied(make_offer(local_media(), {}),
                              peer({"m=audio 4000 RTP/AVP 96 97", "a=rtpmap:96 opus/48000/2",
                                    "a=rtpmap:97 telephone-event/48000", "a=fmtp:96 useinbandfec=1"}));
  EXPECT_EQ(agreed.audio,
            (AudioFormat{.codec = Codec::opus, .send_payload_type = 96, .receive_payload_type = 111}));
  ASSERT_EQ(agreed.telephone_events.size(), 1U);
  EXPECT_EQ(
      agreed.telephone_events[0],
      (TelephoneEventFormat{.clock_rate = 48'000, .send_payload_type = 97, .receive_payload_type = 110}));
  EXPECT_TRUE(agreed.opus.inband_fec);
  EXPECT_TRUE(agreed.foreign_payload_types.none());
}

TEST(ApplyAnswer, NamesTheFirstCodecAndTheOthersThatMayCome) {
  const auto agreed = applied(make_offer(local_media(), {}), peer({"m=audio 4000 RTP/AVP 8 0 101 110 18",
                                                                   "a=rtpmap:110 telephone-event/48000",
                                                                   "a=rtpmap:101 telephone-event/8000"}));
  EXPECT_EQ(agreed.audio.codec, Codec::pcma);
  ASSERT_EQ(agreed.also_accepted.size(), 1U);
  EXPECT_EQ(agreed.also_accepted[0].codec, Codec::pcmu);
  ASSERT_EQ(agreed.telephone_events.size(), 2U);
  EXPECT_EQ(agreed.telephone_events[0].clock_rate, 8'000U) << "the codec's own clock first";
}

TEST(ApplyAnswer, UnderstandsDynamicNumbersEchoedWithoutRtpmap) {
  const auto agreed = applied(make_offer(local_media(), {}), peer({"m=audio 4000 RTP/AVP 111 110"}));
  EXPECT_EQ(agreed.audio.codec, Codec::opus);
  EXPECT_EQ(agreed.telephone_events.size(), 1U);
}

TEST(ApplyAnswer, TakesTheKeysOfTheLineThatWasChosen) {
  const auto local = local_media();
  const auto agreed =
      applied(make_offer(local, {}), peer({"m=audio 4000 RTP/AVP 0", crypto("3 AES_CM_128_HMAC_SHA1_80")}));
  ASSERT_TRUE(agreed.srtp);
  EXPECT_EQ(agreed.srtp->send, local.keys[2]);
  EXPECT_EQ(to_base64(agreed.srtp->receive.master), kKey30);
}

TEST(ApplyAnswer, GoesOnInTheClearOnlyWhereItWasOffered) {
  const auto clear = peer({"m=audio 4000 RTP/AVP 0"});
  EXPECT_FALSE(applied(make_offer(local_media(), {}), clear).srtp);
  const Policy required{.srtp = SrtpMode::required};
  EXPECT_EQ(refused(make_offer(local_media(), required), clear, required).warn, Warn::incompatible_transport);
  EXPECT_EQ(refused(make_offer(local_media(), required), peer({"m=audio 4000 RTP/SAVP 0"})).warn,
            Warn::incompatible_transport);
  auto keyless = local_media();
  keyless.keys.clear();
  EXPECT_EQ(refused(make_offer(keyless, required), clear, required).warn, Warn::incompatible_transport);
}

TEST(ApplyAnswer, RefusesACryptoLineThatWasNotOffered) {
  const auto offer = make_offer(local_media(), {});
  for (const auto* line : {"9 AES_CM_128_HMAC_SHA1_80", "1 AES_CM_128_HMAC_SHA1_80"}) {
    EXPECT_EQ(refused(offer, peer({"m=audio 4000 RTP/AVP 0", crypto(line)})).warn,
              Warn::attribute_not_understood)
        << line;
  }
}

TEST(ApplyAnswer, FollowsTheAnswerersDirection) {
  const std::tuple<Direction, const char*, Direction> rows[] = {
      {Direction::send_receive, "a=sendrecv", Direction::send_receive},
      {Direction::send_receive, "a=recvonly", Direction::send_only},
      {Direction::send_receive, "a=sendonly", Direction::receive_only},
      {Direction::send_receive, "a=inactive", Direction::inactive},
      {Direction::send_receive, "c=IN IP4 0.0.0.0", Direction::receive_only},
      {Direction::send_only, "a=recvonly", Direction::send_only},
      {Direction::send_only, "a=sendrecv", Direction::send_only},  // an answerer that breaks the rules
      {Direction::inactive, "a=sendrecv", Direction::inactive}};
  for (const auto& [ours, line, agreed] : rows) {
    auto local = local_media();
    local.direction = ours;
    EXPECT_EQ(applied(make_offer(local, {}), peer({"m=audio 4000 RTP/AVP 0", line})).direction, agreed)
        << line;
  }
}

TEST(ApplyAnswer, TakesMuxOnlyWhenBothSaidIt) {
  auto local = local_media();
  EXPECT_TRUE(applied(make_offer(local, {}), peer({"m=audio 4000 RTP/AVP 0", "a=rtcp-mux"})).rtcp_mux);
  EXPECT_FALSE(applied(make_offer(local, {}), peer({"m=audio 4000 RTP/AVP 0"})).rtcp_mux);
  local.rtcp_mux = false;
  EXPECT_FALSE(applied(make_offer(local, {}), peer({"m=audio 4000 RTP/AVP 0", "a=rtcp-mux"})).rtcp_mux);
}

TEST(ApplyAnswer, SaysWhyAnAnswerGivesNoSession) {
  const std::tuple<std::string, int, const char*> rows[] = {
      {peer({"m=audio 0 RTP/AVP 0"}), 304, "the answer refuses audio"},
      {peer({"m=audio 4000 RTP/AVP 18"}), 305, "the answer takes none of the codecs offered"},
      {peer({"m=audio 4000 RTP/AVP 101", "a=rtpmap:101 telephone-event/8000"}), 305,
       "the answer takes none of the codecs offered"},
      {peer({}), 399, "the answer has no line for the audio stream"},
      {peer({"m=audio 4000 UDP/TLS/RTP/SAVP 0"}), 302, "transport UDP/TLS/RTP/SAVP is not supported"},
      {peer({"m=audio 4000 RTP/AVP 0", "c=IN IP6 2001:db8::1"}), 301, "audio goes by IPv4 here"},
      {"", 399, "line 1: session description is empty"},
      {"v=0\nm=audio 4000 RTP/AVP 0", 399, "line 2: no c= for this m="},
  };
  const auto offer = make_offer(local_media(), {});
  for (const auto& [answer, warn, what] : rows) {
    const auto refusal = refused(offer, answer);
    EXPECT_EQ(static_cast<int>(refusal.warn), warn) << answer;
    EXPECT_EQ(refusal.error.what, what);
  }
}

TEST(ApplyAnswer, FindsAudioBehindRefusedLinesOfAReoffer) {
  const auto first =
      make_answer(peer({"m=video 6000 RTP/AVP 31", "m=audio 4000 RTP/AVP 8"}), local_media(), {});
  const auto reoffer = make_offer(local_media(), {}, &first->negotiated);
  const auto agreed = applied(reoffer, peer({"m=video 0 RTP/AVP 31", "m=audio 4444 RTP/AVP 8"}));
  EXPECT_EQ(agreed.remote_rtp.port, 4444);
  EXPECT_EQ(agreed.local_sdp, reoffer);
  EXPECT_EQ(changes(first->negotiated, agreed), (Changes{.port = true}));
}

TEST(ApplyAnswer, ServesALateOfferAsWell) {
  const auto offer = make_offer(local_media(), {});  // in our 200
  const auto agreed =
      applied(offer, peer({"m=audio 4000 RTP/AVP 9 101", "a=rtpmap:101 telephone-event/8000"}));  // ACK
  EXPECT_EQ(agreed.audio.codec, Codec::g722);
  EXPECT_EQ(rtp_clock_rate(agreed.audio.codec), 8'000U);
}

}  // namespace
}  // namespace portico::sdp
