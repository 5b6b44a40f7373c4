// Offers and answers of a call: what holds when somebody else answers, nobody does, or the question is over.
#include <gmock/gmock.h>

#include <cstdlib>

#include "call/call_fixture.h"

namespace portico::call {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kPause = "<Response><Pause duration=\"600\"/></Response>";

std::string with(std::string text, const std::string& what, const std::string& instead) {
  return text.replace(text.find(what), what.size(), instead);
}
std::string srtp_sdp(const std::string& ip, char key) {
  const auto secure = with(with(kOffer, "RTP/AVP", "RTP/SAVP"), "c=IN IP4 192.0.2.9", "c=IN IP4 " + ip);
  return secure + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + std::string(40, key) + "\r\n";
}
// The version in o=, which rises with each description that differs from the last.
long version_of(const std::string& sdp) {
  const auto id = sdp.find(' ', sdp.find("o=-")) + 1;
  return std::atol(sdp.c_str() + sdp.find(' ', id));
}

class Answering : public CallTest {
 protected:
  void offer(const std::string& sdp) {
    call_->sender().post(LegOffer{sdp});
    loop_.run_ready();
  }
  void acknowledge(std::optional<std::string> answer = std::nullopt) {
    call_->sender().post(LegConfirmed{std::move(answer)});
    loop_.run_ready();
  }
  media::StreamDescription stream() const {
    media::StreamDescription last;
    for (const auto& command : media_.commands) {
      if (const auto* described = std::get_if<media::Configure>(&command)) last = described->stream;
    }
    return last;
  }
};

// Speech and music sound like digits now and then: they are listened for where there is no other way.
TEST_F(Answering, DigitsAreHeardInTheSoundOnlyOfAPartyWithoutTelephoneEvent) {
  start_answered(kPause);
  EXPECT_FALSE(stream().inband_digits);
  offer(with(with(kOffer, "AVP 0 101", "AVP 0"), "a=rtpmap:101 telephone-event/8000\r\n", ""));
  EXPECT_TRUE(stream().inband_digits);
}

TEST_F(Answering, DirectionAndPacketTimeReachTheMedia) {
  start_answered(kPause);
  EXPECT_TRUE(stream().send && stream().receive);
  const std::vector<std::tuple<const char*, bool, bool>> rows{{"sendonly", false, true},
                                                              {"recvonly", true, false},
                                                              {"inactive", false, false},
                                                              {"sendrecv", true, true}};
  for (const auto& [direction, send, receive] : rows) {
    offer(kOffer + std::string("a=ptime:40\r\na=") + direction + "\r\n");
    EXPECT_EQ(stream().send, send) << direction;
    EXPECT_EQ(stream().receive, receive) << direction;
    EXPECT_EQ(stream().ptime, Millis(40)) << direction;
  }
}

TEST_F(Answering, NobodyHidesBehindTheAddressOfOldHold) {
  start_answered(kPause);
  offer(with(kOffer, "c=IN IP4 192.0.2.9", "c=IN IP4 0.0.0.0"));
  EXPECT_TRUE(stream().remote_rtp.ip.is_unspecified());
  EXPECT_FALSE(stream().send);
  EXPECT_FALSE(stream().remote_behind_nat);
}

TEST_F(Answering, APartyBehindNatMayComeFromAnotherAddressThoughItsSdpSaysTheSame) {
  const auto hidden = with(kOffer, "c=IN IP4 192.0.2.9", "c=IN IP4 10.0.0.5");
  start_answered(kPause, hidden);
  EXPECT_EQ(stream().signalling_source, *parse_ip("192.0.2.9"));
  call_->sender().post(LegOffer{hidden, parse_ip("198.51.100.7").value()});
  loop_.run_ready();
  EXPECT_EQ(stream().signalling_source, *parse_ip("198.51.100.7"));
}

// RFC 3264 sections 5.1 and 6.1: with what our offer preferred, whatever the answer puts first.
TEST_F(Answering, APartyThatAnswersOurOfferMaySendEachCodecThatItNames) {
  start(kPause, std::nullopt);
  acknowledge(with(kOffer, "RTP/AVP 0", "RTP/AVP 8 0"));
  EXPECT_EQ(stream().codec, Codec::pcma);
  ASSERT_EQ(stream().also_accepted.size(), 1U);
  EXPECT_EQ(stream().also_accepted[0].codec, Codec::pcmu);
  EXPECT_EQ(stream().also_accepted[0].payload_type, 0);
}

TEST_F(Answering, AKeyThatCameInTheClearOnceIsNoSecretAnyMore) {
  secure_ = true;
  start_answered(kPause, srtp_sdp("192.0.2.9", 'A'));
  EXPECT_EQ(records_.last.media_encryption, "srtp");
  call_->sender().post(LegOffer{.sdp = srtp_sdp("192.0.2.9", 'B'), .secure = false});
  offer(srtp_sdp("192.0.2.9", 'B'));
  hang_up_by_peer();
  EXPECT_EQ(records_.last.media_encryption, "srtp-key-in-clear");
}

TEST_F(Answering, KeysThatNeverTravelledInTheClearAreSecretAgain) {
  start_answered(kPause, srtp_sdp("192.0.2.9", 'A'));
  EXPECT_EQ(records_.last.media_encryption, "srtp-key-in-clear");
  offer(srtp_sdp("192.0.2.9", 'B'));
  call_->sender().post(LegOffer{.sdp = kOffer, .secure = false});  // refused or not, it has no key
  offer(srtp_sdp("192.0.2.9", 'C'));
  hang_up_by_peer();
  EXPECT_EQ(records_.last.media_encryption, "srtp");
}

// RFC 4568 section 7.1.4: whoever answers in the ACK may have none of our roll-over counters.
TEST_F(Answering, AnOfferOfOursHasNewKeysThatHoldOnceItIsAnswered) {
  start_answered(kPause, srtp_sdp("192.0.2.9", 'A'));
  const auto first = stream().send_key;
  ASSERT_TRUE(first);
  offer("");
  acknowledge();
  EXPECT_EQ(media_.count<media::Configure>(), 1U) << "nobody answered";
  offer(srtp_sdp("192.0.2.9", 'A'));
  EXPECT_EQ(stream().send_key, first) << "its counter goes on";
  offer("");
  acknowledge(srtp_sdp("192.0.2.77", 'B'));
  EXPECT_EQ(stream().remote_rtp.ip, *parse_ip("192.0.2.77"));
  ASSERT_TRUE(stream().send_key);
  EXPECT_NE(stream().send_key, first);
}

TEST_F(Answering, AKeyThatWasLeftForTheClearIsNotOfferedAgain) {
  start_answered(kPause, srtp_sdp("192.0.2.9", 'A'));
  offer(kOffer);
  EXPECT_FALSE(stream().send_key);
  offer("");
  EXPECT_THAT(leg_.last_sdp, Not(HasSubstr("a=crypto")));
}

TEST_F(Answering, EachDescriptionHasAVersionOfItsOwnThoughNobodyAnsweredOurs) {
  start_answered(kPause);
  const auto first = version_of(leg_.last_sdp);
  offer("");
  const auto second = version_of(leg_.last_sdp);
  acknowledge();
  offer(with(kOffer, "4000", "4002"));
  const auto third = version_of(leg_.last_sdp);
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
}

TEST_F(Answering, ANumberThatThePeerUsedForSomethingElseIsNotOffered) {
  const auto foreign =
      with(with(kOffer, "AVP 0 101", "AVP 8 111"), "rtpmap:101 telephone-event", "rtpmap:111 iLBC");
  start_answered(kPause, foreign);
  offer("");
  EXPECT_THAT(leg_.last_sdp, AllOf(HasSubstr("opus/48000"), Not(HasSubstr("rtpmap:111"))));
  acknowledge(with(with(kOffer, "AVP 0 101", "AVP 8"), "a=rtpmap:101 telephone-event/8000\r\n", ""));
  offer("");
  EXPECT_THAT(leg_.last_sdp, AllOf(HasSubstr("opus/48000"), Not(HasSubstr("rtpmap:111"))))
      << "though the last answer said nothing of it";
}

TEST_F(Answering, ACallThatWasCancelledBeforeOur200WasNotAnswered) {
  leg_.cancelled = true;
  start(kPause);
  hang_up_by_peer(LegEnded::Why::cancelled);
  EXPECT_EQ(cause(), "cancel");
  EXPECT_FALSE(records_.last.answered);
  ASSERT_THAT(webhooks_.told_types(), ElementsAre("disconnect"));
  EXPECT_FALSE(webhooks_.told[0].event.contains("answerTime"));
  EXPECT_THAT(leg_.said, IsEmpty());
}

TEST_F(Answering, AReInviteThatWasCancelledBeforeOur200ChangesNothing) {
  start_answered(kPause);
  const auto version = version_of(leg_.last_sdp);
  leg_.cancelled = true;
  offer(with(kOffer, "4000", "4002"));
  offer("");
  EXPECT_EQ(media_.count<media::Configure>(), 1U);
  leg_.cancelled = false;
  offer(with(kOffer, "4000", "4004"));
  EXPECT_EQ(stream().remote_rtp.port, 4004);
  EXPECT_EQ(version_of(leg_.last_sdp), version) << "what was not sent counts for nothing";
}

}  // namespace
}  // namespace portico::call
