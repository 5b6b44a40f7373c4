#include <gtest/gtest.h>

#include "sdp/payload_format.h"
#include "sdp/samples.h"

namespace portico::sdp {
namespace {

LocalMedia plain() {
  auto local = local_media();
  local.keys.clear();
  return local;
}

Negotiated answered(const std::string& offer, const std::string& answer) {
  auto agreed = apply_answer(offer, answer, {});
  EXPECT_TRUE(agreed) << agreed.error().error.what;
  return agreed.value_or(Negotiated{});
}

TEST(MakeOffer, NamesEveryCodecAndTheirTelephoneEvents) {
  EXPECT_EQ(
      make_offer(plain(), {}),
      lines({"v=0", "o=- 77 1 IN IP4 203.0.113.5", "s=-", "c=IN IP4 203.0.113.5", "t=0 0",
             "m=audio 16384 RTP/AVP 0 8 9 111 101 110", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
             "a=rtpmap:9 G722/8000", "a=rtpmap:111 opus/48000/2", "a=fmtp:111 useinbandfec=1",
             "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-16", "a=rtpmap:110 telephone-event/48000",
             "a=fmtp:110 0-16", "a=ptime:20", "a=sendrecv", "a=rtcp-mux"}));
}

TEST(MakeOffer, OffersTelephoneEventsAtTheRatesOfItsCodecsOnly) {
  auto local = plain();
  local.codecs = {Codec::pcma};
  EXPECT_TRUE(contains(make_offer(local, {}), "m=audio 16384 RTP/AVP 8 101\r\n"));
  local.codecs = {Codec::opus};
  EXPECT_TRUE(contains(make_offer(local, {}), "m=audio 16384 RTP/AVP 111 110\r\n"));
  local.telephone_event = false;
  EXPECT_TRUE(contains(make_offer(local, {}), "m=audio 16384 RTP/AVP 111\r\n"));
}

TEST(MakeOffer, KeepsTheOrderOfItsCodecs) {
  auto local = plain();
  local.codecs = {Codec::opus, Codec::pcma};
  EXPECT_TRUE(contains(make_offer(local, {}), "RTP/AVP 111 8 110 101\r\n"));
}

TEST(MakeOffer, WritesCryptoLinesAsThePolicySays) {
  const auto local = local_media();
  const auto optional = make_offer(local, {.srtp = SrtpMode::optional});
  EXPECT_TRUE(contains(optional, " RTP/AVP "));
  EXPECT_TRUE(
      contains(optional, "a=crypto:1 AEAD_AES_256_GCM inline:" + to_base64(local.keys[0].master) + "\r\n"));
  EXPECT_TRUE(contains(optional, "a=crypto:4 AES_CM_128_HMAC_SHA1_32 inline:"));
  const auto required = make_offer(local, {.srtp = SrtpMode::required});
  EXPECT_TRUE(contains(required, " RTP/SAVP "));
  EXPECT_TRUE(contains(required, "a=crypto:2 AEAD_AES_128_GCM inline:"));
  const auto off = make_offer(local, {.srtp = SrtpMode::off});
  EXPECT_TRUE(contains(off, " RTP/AVP "));
  EXPECT_FALSE(contains(off, "a=crypto"));
}

TEST(MakeOffer, SaysWhereRtcpGoesWhenItIsNotBeside) {
  auto local = plain();
  local.rtcp.port = 20001;
  EXPECT_TRUE(contains(make_offer(local, {}), "a=rtcp:20001\r\n"));
  local.rtcp.ip = *parse_ip("203.0.113.6");
  EXPECT_TRUE(contains(make_offer(local, {}), "a=rtcp:20001 IN IP4 203.0.113.6\r\n"));
}

TEST(MakeOffer, WritesIpv6) {
  auto local = plain();
  local.rtp.ip = *parse_ip("2001:db8::5");
  local.rtcp.ip = local.rtp.ip;
  const auto offer = make_offer(local, {});
  EXPECT_TRUE(contains(offer, "o=- 77 1 IN IP6 2001:db8::5\r\n"));
  EXPECT_TRUE(contains(offer, "c=IN IP6 2001:db8::5\r\n"));
}

TEST(MakeReoffer, RepeatsItselfWhereNothingChanges) {
  const auto offer = make_offer(plain(), {});
  const auto agreed =
      answered(offer, peer({"m=audio 4000 RTP/AVP 0 101", "a=rtpmap:101 telephone-event/8000"}));
  EXPECT_EQ(make_offer(plain(), {}, &agreed), offer);
}

TEST(MakeReoffer, BumpsTheVersionAndKeepsTheRestOfTheOrigin) {
  const auto offer = make_offer(plain(), {});
  const auto agreed = answered(offer, peer({"m=audio 4000 RTP/AVP 0"}));
  auto held = plain();
  held.direction = Direction::send_only;
  held.rtp.ip = *parse_ip("203.0.113.99");  // media moved to another node
  held.session_id = 1234;                   // must not matter
  const auto second = make_offer(held, {}, &agreed);
  EXPECT_TRUE(contains(second, "o=- 77 2 IN IP4 203.0.113.5\r\n"));
  EXPECT_TRUE(contains(second, "c=IN IP4 203.0.113.99\r\n"));
  EXPECT_TRUE(contains(second, "a=sendonly\r\n"));
  const auto after = answered(second, peer({"m=audio 4000 RTP/AVP 0", "a=recvonly"}));
  EXPECT_EQ(after.direction, Direction::send_only);
  EXPECT_TRUE(contains(make_offer(plain(), {}, &after), "o=- 77 3 IN IP4 203.0.113.5\r\n"));
}

TEST(MakeReoffer, PutsThePresentCodecFirstUnderItsNumber) {
  // The peer called: opus is 96, and it uses 111 for something else.
  const auto first = make_answer(peer({"m=audio 4000 RTP/AVP 96 111 97", "a=rtpmap:96 opus/48000/2",
                                       "a=rtpmap:111 iLBC/8000", "a=rtpmap:97 telephone-event/48000"}),
                                 plain(), {});
  ASSERT_TRUE(first);
  const auto offer = make_offer(plain(), {}, &first->negotiated);
  EXPECT_TRUE(contains(offer, "m=audio 16384 RTP/AVP 96 0 8 9 97 101\r\n")) << offer;
  EXPECT_TRUE(contains(offer, "a=rtpmap:97 telephone-event/48000\r\n"));
}

TEST(MakeReoffer, UsesNoNumberThatThePeerUsesForSomethingElse) {
  const auto first = make_answer(peer({"m=audio 4000 RTP/AVP 8 111 101 96", "a=rtpmap:111 iLBC/8000",
                                       "a=rtpmap:101 speex/8000", "a=rtpmap:96 G7221/16000"}),
                                 plain(), {});
  ASSERT_TRUE(first);
  const auto offer = make_offer(plain(), {}, &first->negotiated);
  EXPECT_TRUE(contains(offer, "m=audio 16384 RTP/AVP 8 0 9 97 98 110\r\n")) << offer;
}

TEST(MakeReoffer, LeavesOutWhatNoNumberIsFreeFor) {
  std::string all = "m=audio 4000 RTP/AVP 0";
  for (int type = kDynamicFirst; type < 128; ++type) all += " " + std::to_string(type);
  const auto first = make_answer(peer({all}), plain(), {});
  ASSERT_TRUE(first);
  const auto offer = make_offer(plain(), {}, &first->negotiated);
  EXPECT_TRUE(contains(offer, "m=audio 16384 RTP/AVP 0 8 9\r\n")) << offer;
  EXPECT_FALSE(contains(offer, "opus")) << offer;
}

TEST(MakeReoffer, GivesAStaticNumberNoSecondMeaning) {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"RTP/AVP 8", "a=rtpmap:8 PCMU/8000", "RTP/AVP 8 9 111 101 110\r\n"},
      {"RTP/AVP 0 8", "a=rtpmap:8 iLBC/8000", "RTP/AVP 0 9 111 101 110\r\n"},
      {"RTP/AVP 0 8", "a=rtpmap:8 telephone-event/8000", "RTP/AVP 0 9 111 8 110\r\n"},
      {"RTP/AVP 0 8", "a=rtpmap:8 PCMA/8000", "RTP/AVP 0 8 9 111 101 110\r\n"}};
  for (const auto& [formats, rtpmap, offered] : rows) {
    const auto first = make_answer(peer({"m=audio 4000 " + std::string(formats), rtpmap}), plain(), {});
    ASSERT_TRUE(first) << rtpmap;
    EXPECT_TRUE(contains(make_offer(plain(), {}, &first->negotiated), offered)) << rtpmap;
  }
}

TEST(MakeReoffer, UsesNoNumberThatThePeerSendsSomethingElseWith) {
  const auto agreed =
      answered(make_offer(plain(), {}), peer({"m=audio 4000 RTP/AVP 101 0", "a=rtpmap:101 opus/48000/2"}));
  EXPECT_TRUE(contains(make_offer(plain(), {}, &agreed), "RTP/AVP 111 0 8 9 110 96\r\n"));
}

TEST(MakeReoffer, RemembersWhatThePeerUsedItsNumbersFor) {
  const auto first = make_answer(peer({"m=audio 4000 RTP/AVP 8 111", "a=rtpmap:111 iLBC/8000"}), plain(), {});
  ASSERT_TRUE(first);
  const auto held =
      make_answer(peer({"m=audio 4000 RTP/AVP 8", "a=sendonly"}), plain(), {}, &first->negotiated);
  ASSERT_TRUE(held);
  const auto refreshed = apply_answer(held->text, peer({"m=audio 4000 RTP/AVP 8"}), {}, &held->negotiated);
  ASSERT_TRUE(refreshed);
  for (const auto* previous : {&held->negotiated, &*refreshed})
    EXPECT_TRUE(contains(make_offer(plain(), {}, previous), "RTP/AVP 8 0 9 96 101 110\r\n"));
}

TEST(MakeReoffer, KeepsEveryLineInItsPlace) {
  const auto first = make_answer(
      peer({"m=video 6000 RTP/AVP 31 34", "m=audio 4000 RTP/AVP 8", "m=application 9 UDP/BFCP *"}), plain(),
      {});
  ASSERT_TRUE(first);
  const auto offer = make_offer(plain(), {}, &first->negotiated);
  const auto video = offer.find("m=video 0 RTP/AVP 31\r\n");
  const auto audio = offer.find("m=audio 16384 RTP/AVP 8");
  const auto other = offer.find("m=application 0 UDP/BFCP *\r\n");
  EXPECT_LT(video, audio);
  EXPECT_LT(audio, other);
  EXPECT_NE(other, std::string::npos);
}

TEST(MakeReoffer, KeepsProtocolSuiteAndKeyOfSrtp) {
  const auto offer =
      peer({"m=audio 4000 RTP/SAVP 0", "a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:" + std::string(kKey30)});
  const auto first = make_answer(offer, local_media(), {});
  ASSERT_TRUE(first);
  const auto second = make_offer(local_media(), {}, &first->negotiated);
  EXPECT_TRUE(contains(second, " RTP/SAVP "));
  EXPECT_TRUE(contains(second, "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" +
                                   to_base64(first->negotiated.srtp->send.master) + "\r\n"));
}

}  // namespace
}  // namespace portico::sdp
