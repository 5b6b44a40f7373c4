#include <gtest/gtest.h>

#include "sdp/samples.h"

namespace portico::sdp {
namespace {

Answered answer_to(const std::string& offer, const LocalMedia& local = local_media(),
                   const Policy& policy = {}) {
  auto answered = make_answer(offer, local, policy);
  EXPECT_TRUE(answered) << answered.error().error.what;
  return answered.value_or(Answered{});
}

Refusal refused(const std::string& offer, const LocalMedia& local = local_media(),
                const Policy& policy = {}) {
  const auto answered = make_answer(offer, local, policy);
  EXPECT_FALSE(answered) << offer;
  return answered ? Refusal{} : answered.error();
}

std::string crypto(std::string_view tag_and_suite) {
  return "a=crypto:" + std::string(tag_and_suite) + " inline:" + std::string(kKey30);
}

TEST(MakeAnswer, IsNoBiggerThanNeeded) {
  const auto answered = answer_to(peer({"m=audio 4000 RTP/AVP 0 8 9"}));
  EXPECT_EQ(answered.text, lines({"v=0", "o=- 77 1 IN IP4 203.0.113.5", "s=-", "c=IN IP4 203.0.113.5",
                                  "t=0 0", "m=audio 16384 RTP/AVP 0"}));
  EXPECT_EQ(answered.negotiated.local_sdp, answered.text);
}

TEST(MakeAnswer, AnswersEachThingThatWasOffered) {
  const auto answered = answer_to(peer({"m=audio 4000 RTP/AVP 8 101", "a=rtpmap:8 PCMA/8000",
                                        "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:30",
                                        "a=sendrecv", "a=rtcp-mux", crypto("3 AES_CM_128_HMAC_SHA1_80")}));
  EXPECT_EQ(answered.text,
            lines({"v=0", "o=- 77 1 IN IP4 203.0.113.5", "s=-", "c=IN IP4 203.0.113.5", "t=0 0",
                   "m=audio 16384 RTP/AVP 8 101", "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000",
                   "a=fmtp:101 0-16", "a=ptime:30", "a=sendrecv", "a=rtcp-mux",
                   "a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:" + to_base64(local_media().keys[2].master)}));
  EXPECT_EQ(answered.negotiated.ptime, Millis(30));
}

TEST(MakeAnswer, TellsTheMediaRoomAllItNeeds) {
  const auto agreed =
      answer_to(peer({"m=audio 4000 RTP/AVP 96 97 98", "a=rtpmap:96 opus/48000/2",
                      "a=fmtp:96 useinbandfec=1;maxaveragebitrate=32000", "a=rtpmap:97 telephone-event/8000",
                      "a=rtpmap:98 telephone-event/48000", "a=rtcp:4100", "a=maxptime:40", "a=ptime:60"}))
          .negotiated;
  EXPECT_EQ(agreed.remote_rtp.to_string(), "192.0.2.20:4000");
  EXPECT_EQ(agreed.remote_rtcp.to_string(), "192.0.2.20:4100");
  EXPECT_FALSE(agreed.rtcp_mux);
  EXPECT_EQ(agreed.audio,
            (AudioFormat{.codec = Codec::opus, .send_payload_type = 96, .receive_payload_type = 96}));
  EXPECT_EQ(agreed.opus, (OpusParameters{.inband_fec = true, .bitrate_max = 32'000}));
  EXPECT_EQ(agreed.telephone_events,
            (std::vector<TelephoneEventFormat>{
                {.clock_rate = 48'000, .send_payload_type = 98, .receive_payload_type = 98},
                {.clock_rate = 8'000, .send_payload_type = 97, .receive_payload_type = 97}}));
  EXPECT_EQ(agreed.ptime, Millis(40));
  EXPECT_EQ(agreed.ptime_max, Millis(40));
  EXPECT_EQ(agreed.direction, Direction::send_receive);
  EXPECT_FALSE(agreed.srtp);
  EXPECT_TRUE(agreed.foreign_payload_types.none());
}

TEST(MakeAnswer, LetsTheCallersOrderWin) {
  const std::pair<const char*, Codec> rows[] = {
      {"m=audio 4000 RTP/AVP 8 0 101", Codec::pcma}, {"m=audio 4000 RTP/AVP 0 8", Codec::pcmu},
      {"m=audio 4000 RTP/AVP 9 8 0", Codec::g722},   {"m=audio 4000 RTP/AVP 18 4 8 0", Codec::pcma},
      {"m=audio 4000 RTP/AVP 3 18 0", Codec::pcmu},  {"m=audio 4000 RTP/AVP 111 9 8", Codec::g722}};
  for (const auto& [line, codec] : rows)
    EXPECT_EQ(answer_to(peer({line})).negotiated.audio.codec, codec) << line;
}

TEST(MakeAnswer, TakesOnlyAllowedCodecs) {
  auto local = local_media();
  local.codecs = {Codec::pcmu};
  EXPECT_EQ(answer_to(peer({"m=audio 4000 RTP/AVP 9 8 0"}), local).negotiated.audio.codec, Codec::pcmu);
}

TEST(MakeAnswer, PassesOverOpusAtFewerBitsThanWeSendWhereThereIsAnother) {
  const auto agreed = [](const std::string& formats, const char* bits) {
    return answer_to(peer({"m=audio 4000 RTP/AVP " + formats, "a=rtpmap:96 opus/48000/2",
                           "a=fmtp:96 maxaveragebitrate=" + std::string(bits)}))
        .negotiated.audio.codec;
  };
  EXPECT_EQ(agreed("96 8", "16000"), Codec::pcma);
  EXPECT_EQ(agreed("96 8", "24000"), Codec::opus);
  EXPECT_EQ(agreed("96", "16000"), Codec::opus) << "rather than none";
}

TEST(MakeAnswer, RefusesWhoTakesNoPacketsAsLongAsOurs) {
  EXPECT_EQ(refused(peer({"m=audio 4000 RTP/AVP 0", "a=maxptime:10"})).warn, Warn::incompatible_format);
  EXPECT_EQ(answer_to(peer({"m=audio 4000 RTP/AVP 0", "a=maxptime:20"})).negotiated.ptime, Millis(20));
}

TEST(MakeAnswer, EchoesTheOfferersDynamicNumbers) {
  const auto answered = answer_to(peer(
      {"m=audio 4000 RTP/AVP 120 121", "a=rtpmap:120 opus/48000/2", "a=rtpmap:121 telephone-event/48000"}));
  EXPECT_TRUE(contains(answered.text,
                       "RTP/AVP 120 121\r\na=rtpmap:120 opus/48000/2\r\na=fmtp:120 useinbandfec=1\r\n"
                       "a=rtpmap:121 telephone-event/48000\r\na=fmtp:121 0-16\r\n"));
}

TEST(MakeAnswer, WritesG722AtEightThousand) {
  const auto answered = answer_to(peer({"m=audio 4000 RTP/AVP 9", "a=rtpmap:9 G722/16000"}));
  EXPECT_TRUE(contains(answered.text, "a=rtpmap:9 G722/8000\r\n"));
}

// Contract voice-applications.md 5.5: telephone-event at the clock rates offered.
TEST(MakeAnswer, TakesTelephoneEventAtEachRateOfferedAndSendsWithTheOneThatCountsAsTheCodec) {
  struct Row {
    const char* media;
    const char* first;
    const char* second;
    std::vector<std::uint32_t> rates;  // the first one is sent with
    const char* answered;
  };
  const Row rows[] = {
      {"RTP/AVP 0 97 98", "97 telephone-event/48000", "98 telephone-event/8000", {8'000, 48'000}, "0 97 98"},
      {"RTP/AVP 96 97 98",
       "97 telephone-event/8000",
       "98 telephone-event/48000",
       {48'000, 8'000},
       "96 97 98"},
      {"RTP/AVP 96 97", "97 telephone-event/8000", "98 x/1", {8'000}, "96 97"},
      {"RTP/AVP 96 97 98",
       "97 telephone-event/16000",
       "98 telephone-event/8000",
       {8'000, 16'000},
       "96 97 98"},
      {"RTP/AVP 0 97", "97 telephone-event/16000", "98 x/1", {16'000}, "0 97"},
      {"RTP/AVP 0 97 98", "97 telephone-event/8000", "98 telephone-event/8000", {8'000}, "0 97"},
      {"RTP/AVP 0 97 98", "97 telephone-event/1", "98 telephone-event/4294967295", {}, "0"}};
  for (const auto& row : rows) {
    const auto answered =
        answer_to(peer({"m=audio 1 " + std::string(row.media), "a=rtpmap:96 opus/48000/2",
                        "a=rtpmap:" + std::string(row.first), "a=rtpmap:" + std::string(row.second)}));
    std::vector<std::uint32_t> rates;
    for (const auto& event : answered.negotiated.telephone_events) rates.push_back(event.clock_rate);
    EXPECT_EQ(rates, row.rates) << row.media << row.first;
    EXPECT_TRUE(contains(answered.text, "m=audio 16384 RTP/AVP " + std::string(row.answered) + "\r\n"))
        << answered.text;
  }
  auto local = local_media();
  local.telephone_event = false;
  const auto offer = peer({"m=audio 1 RTP/AVP 0 97", "a=rtpmap:97 telephone-event/8000"});
  EXPECT_TRUE(answer_to(offer, local).negotiated.telephone_events.empty());
}

TEST(MakeAnswer, TakesTheFirstUsableAudioAndRefusesAllOthersInOrder) {
  const auto answered = answer_to(
      peer({"m=audio 4000 UDP/TLS/RTP/SAVPF 0", "m=video 4002 RTP/AVP 31 34", "m=audio 4004 RTP/AVP 18",
            "m=audio 4006 RTP/AVP 8", "m=audio 4008 RTP/AVP 0", "m=image 4010 udptl t38"}));
  EXPECT_TRUE(contains(answered.text,
                       "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\nm=video 0 RTP/AVP 31\r\nm=audio 0 RTP/AVP 18\r\n"
                       "m=audio 16384 RTP/AVP 8\r\nm=audio 0 RTP/AVP 0\r\nm=image 0 udptl t38\r\n"))
      << answered.text;
  EXPECT_EQ(answered.negotiated.remote_rtp.port, 4006);
}

TEST(MakeAnswer, SpeaksEveryRtpProfileAsOffered) {
  for (const auto* profile : {"RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"}) {
    const auto answered =
        answer_to(peer({"m=audio 4000 " + std::string(profile) + " 0", crypto("1 AES_CM_128_HMAC_SHA1_80")}));
    EXPECT_TRUE(contains(answered.text, "m=audio 16384 " + std::string(profile) + " 0\r\n"));
    EXPECT_TRUE(contains(answered.text, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:")) << profile;
    ASSERT_TRUE(answered.negotiated.srtp) << profile;
    EXPECT_EQ(to_base64(answered.negotiated.srtp->receive.master), kKey30);
    EXPECT_EQ(answered.negotiated.srtp->send, local_media().keys[2]);
  }
}

TEST(MakeAnswer, TakesTheFirstSupportedCryptoLineOfTheOfferer) {
  const auto gcm = make_keys(std::array{SrtpSuite::aead_aes_128_gcm}, counting())[0];
  const auto answered = answer_to(
      peer({"m=audio 4000 RTP/SAVP 0", crypto("1 F8_128_HMAC_SHA1_80"),
            crypto("2 AES_CM_128_HMAC_SHA1_80") + " UNENCRYPTED_SRTP", crypto("4 AES_CM_128_HMAC_SHA1_32"),
            "a=crypto:5 AEAD_AES_128_GCM inline:" + to_base64(gcm.master)}));
  EXPECT_TRUE(contains(answered.text, "a=crypto:4 AES_CM_128_HMAC_SHA1_32 inline:"));
  EXPECT_FALSE(contains(answered.text, "a=crypto:5"));
}

TEST(MakeAnswer, KeepsThePeersMkiForItsPacketsAndWritesNone) {
  const auto answered =
      answer_to(peer({"m=audio 4000 RTP/SAVP 0", crypto("1 AES_CM_128_HMAC_SHA1_80") + "|2^20|1:4"}));
  EXPECT_EQ(answered.negotiated.srtp->receive.mki, (Bytes{0, 0, 0, 1}));
  EXPECT_TRUE(answered.negotiated.srtp->send.mki.empty());
  EXPECT_FALSE(contains(answered.text, "|"));
}

TEST(MakeAnswer, FollowsTheSrtpPolicy) {
  const auto clear = peer({"m=audio 4000 RTP/AVP 0"});
  const auto optimistic = peer({"m=audio 4000 RTP/AVP 0", crypto("1 AES_CM_128_HMAC_SHA1_80")});
  const auto unusable = peer({"m=audio 4000 RTP/AVP 0", crypto("1 F8_128_HMAC_SHA1_80")});
  const auto secure = peer({"m=audio 4000 RTP/SAVP 0", crypto("1 AES_CM_128_HMAC_SHA1_80")});
  EXPECT_TRUE(answer_to(optimistic).negotiated.srtp);
  EXPECT_FALSE(answer_to(unusable).negotiated.srtp);
  EXPECT_FALSE(contains(answer_to(unusable).text, "a=crypto"));
  EXPECT_FALSE(answer_to(optimistic, local_media(), {.srtp = SrtpMode::off}).negotiated.srtp);
  EXPECT_TRUE(answer_to(optimistic, local_media(), {.srtp = SrtpMode::required}).negotiated.srtp);
  EXPECT_EQ(refused(clear, local_media(), {.srtp = SrtpMode::required}).warn, Warn::incompatible_transport);
  EXPECT_EQ(refused(secure, local_media(), {.srtp = SrtpMode::off}).warn, Warn::attribute_not_understood);
  EXPECT_EQ(refused(peer({"m=audio 4000 RTP/SAVP 0"})).warn, Warn::attribute_not_understood);
}

TEST(MakeAnswer, TakesTheSecondLineWhenItIsTheSecureOneThatIsRequired) {
  const auto both =
      peer({"m=audio 4000 RTP/AVP 0", "m=audio 4002 RTP/SAVP 0", crypto("1 AES_CM_128_HMAC_SHA1_80")});
  EXPECT_EQ(answer_to(both).negotiated.remote_rtp.port, 4000);
  EXPECT_EQ(answer_to(both, local_media(), {.srtp = SrtpMode::required}).negotiated.remote_rtp.port, 4002);
}

TEST(MakeAnswer, HoldsAndResumes) {
  struct Row {
    const char* offered;
    Direction ours;
    const char* answered;
  };
  const Row rows[] = {{"a=sendrecv", Direction::send_receive, "a=sendrecv\r\n"},
                      {"a=sendonly", Direction::receive_only, "a=recvonly\r\n"},
                      {"a=recvonly", Direction::send_only, "a=sendonly\r\n"},
                      {"a=inactive", Direction::inactive, "a=inactive\r\n"},
                      {"c=IN IP4 0.0.0.0", Direction::receive_only, "a=recvonly\r\n"}};
  for (const auto& row : rows) {
    const auto answered = answer_to(peer({"m=audio 4000 RTP/AVP 0", row.offered}));
    EXPECT_EQ(answered.negotiated.direction, row.ours) << row.offered;
    EXPECT_TRUE(contains(answered.text, row.answered)) << answered.text;
  }
  EXPECT_TRUE(answer_to(peer({"m=audio 4000 RTP/AVP 0", "c=IN IP4 0.0.0.0"}))
                  .negotiated.remote_rtp.ip.is_unspecified());
}

TEST(MakeAnswer, AllowsNoMoreThanOurOwnDirection) {
  auto local = local_media();
  local.direction = Direction::send_only;
  EXPECT_TRUE(contains(answer_to(peer({"m=audio 4000 RTP/AVP 0"}), local).text, "a=sendonly\r\n"));
  EXPECT_EQ(answer_to(peer({"m=audio 4000 RTP/AVP 0", "a=sendonly"}), local).negotiated.direction,
            Direction::inactive);
}

TEST(MakeAnswer, TakesRtcpMuxOnlyWhenOfferedAndAllowed) {
  const auto offer = peer({"m=audio 4000 RTP/AVP 0", "a=rtcp-mux", "a=rtcp:4100"});
  EXPECT_TRUE(answer_to(offer).negotiated.rtcp_mux);
  EXPECT_EQ(answer_to(offer).negotiated.remote_rtcp.port, 4000);
  auto local = local_media();
  local.rtcp_mux = false;
  EXPECT_FALSE(answer_to(offer, local).negotiated.rtcp_mux);
  EXPECT_EQ(answer_to(offer, local).negotiated.remote_rtcp.port, 4100);
  EXPECT_FALSE(contains(answer_to(offer, local).text, "rtcp-mux"));
}

TEST(MakeAnswer, RecordsPrivateAddressesAsTheyAreAndIpv6WhereWeSpeakIt) {
  EXPECT_EQ(
      answer_to(peer({"m=audio 4000 RTP/AVP 0", "c=IN IP4 192.168.1.9"})).negotiated.remote_rtp.to_string(),
      "192.168.1.9:4000");
  auto local = local_media();
  local.rtp.ip = local.rtcp.ip = *parse_ip("2001:db8::5");
  EXPECT_EQ(answer_to(peer({"m=audio 4000 RTP/AVP 0", "c=IN IP6 fe80::1"}), local)
                .negotiated.remote_rtp.to_string(),
            "[fe80::1]:4000");
}

TEST(MakeAnswer, RefusesWithTheWarningThatFits) {
  const std::tuple<std::string, int, int, const char*> rows[] = {
      {peer({"m=audio 4000 RTP/AVP 18 3"}), 488, 305,
       "no codec in common; spoken here: PCMU, PCMA, G722, opus"},
      {peer({"m=audio 4000 RTP/AVP 101", "a=rtpmap:101 telephone-event/8000"}), 488, 305,
       "no codec in common; spoken here: PCMU, PCMA, G722, opus"},
      {peer({"m=video 4000 RTP/AVP 31"}), 488, 304, "no audio stream is offered"},
      {peer({}), 488, 304, "no audio stream is offered"},
      {peer({"m=audio 0 RTP/AVP 0"}), 488, 304, "no audio stream is offered"},
      {peer({"m=video 4000 RTP/AVP 31", "m=audio 4000 RTP/AVP 18"}), 488, 305,
       "no codec in common; spoken here: PCMU, PCMA, G722, opus"},
      {peer({"m=audio 4000 RTP/AVP 18", "m=video 4000 RTP/AVP 31"}), 488, 305,
       "no codec in common; spoken here: PCMU, PCMA, G722, opus"},
      {peer({"m=audio 4000 UDP/TLS/RTP/SAVPF 0"}), 488, 302, "transport UDP/TLS/RTP/SAVPF is not supported"},
      {peer({"m=audio 4000 RTP/AVP 0", "c=IN IP4 pbx.example.com"}), 488, 301,
       "the connection address must be an IP address"},
      {peer({"m=audio 4000 RTP/AVP 0", "c=IN IP6 2001:db8::1"}), 488, 301, "audio goes by IPv4 here"},
      {"v=0\r\nx\r\n", 400, 399, "line 2: expected a letter and '='"},
      {"v=0\r\nm=audio 4000 RTP/AVP 0\r\n", 400, 399, "line 2: no c= for this m="},
  };
  for (const auto& [offer, status, warn, what] : rows) {
    const auto refusal = refused(offer);
    EXPECT_EQ(refusal.sip_status, status) << offer;
    EXPECT_EQ(static_cast<int>(refusal.warn), warn) << offer;
    EXPECT_EQ(refusal.error.what, what);
  }
}

TEST(MakeReanswer, RepeatsItselfWhereNothingChanges) {
  const auto offer = peer({"m=audio 4000 RTP/AVP 0"});
  const auto first = answer_to(offer);
  const auto second = make_answer(offer, local_media(), {}, &first.negotiated);
  EXPECT_EQ(second->text, first.text);
  EXPECT_FALSE(changes(first.negotiated, second->negotiated).any());
}

TEST(MakeReanswer, BumpsTheVersionOnHoldAndOnResume) {
  const auto talking = peer({"m=audio 4000 RTP/AVP 0"});
  const auto holding = peer({"m=audio 4000 RTP/AVP 0", "a=sendonly"});
  const auto first = answer_to(talking);
  const auto held = make_answer(holding, local_media(), {}, &first.negotiated);
  EXPECT_TRUE(contains(held->text, "o=- 77 2 IN IP4 203.0.113.5\r\n"));
  EXPECT_EQ(changes(first.negotiated, held->negotiated), Changes{.direction = true});
  const auto resumed = make_answer(talking, local_media(), {}, &held->negotiated);
  EXPECT_TRUE(contains(resumed->text, "o=- 77 3 IN IP4 203.0.113.5\r\n"));
  EXPECT_EQ(changes(held->negotiated, resumed->negotiated), Changes{.direction = true});
  EXPECT_FALSE(changes(first.negotiated, resumed->negotiated).any());
}

TEST(MakeReanswer, TellsAMovedPeerANewCodecAndANewKey) {
  const auto first = answer_to(peer({"m=audio 4000 RTP/SAVP 0", crypto("1 AES_CM_128_HMAC_SHA1_80")}));
  const auto moved = make_answer(peer({"m=audio 5000 RTP/SAVP 8", "c=IN IP4 192.0.2.99",
                                       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + std::string(40, 'A')}),
                                 local_media(), {}, &first.negotiated);
  ASSERT_TRUE(moved);
  EXPECT_EQ(changes(first.negotiated, moved->negotiated),
            (Changes{.address = true, .port = true, .codec = true, .keys = true}));
  EXPECT_EQ(moved->negotiated.srtp->send, first.negotiated.srtp->send) << "our own key stays";
}

TEST(MakeReanswer, AnswersALineThatWasAdded) {
  const auto first = answer_to(peer({"m=audio 4000 RTP/AVP 0"}));
  const auto second = make_answer(peer({"m=audio 4000 RTP/AVP 0", "m=video 5000 RTP/AVP 31"}), local_media(),
                                  {}, &first.negotiated);
  EXPECT_TRUE(contains(second->text, "o=- 77 2 "));
  EXPECT_TRUE(contains(second->text, "m=video 0 RTP/AVP 31\r\n"));
  EXPECT_FALSE(changes(first.negotiated, second->negotiated).any());
}

// RFC 4317: the offers of its examples, as an audio-only answerer sees them.
}  // namespace
}  // namespace portico::sdp
