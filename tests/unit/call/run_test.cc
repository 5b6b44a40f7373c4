// The call from first to last: what is answered, how it ends, and that `disconnect` is told once whatever
// happens.

#include <gmock/gmock.h>

#include "base/limits.h"
#include "base/log.h"
#include "call/call_fixture.h"

namespace portico::call {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

TEST_F(CallTest, HangupRefusesAnUnansweredCallWith603) {
  start("<Response><Hangup/></Response>");
  EXPECT_THAT(leg_.said, ElementsAre("reject 603"));
  EXPECT_EQ(cause(), "hangup");
  EXPECT_TRUE(ended());
}

TEST_F(CallTest, AnEmptyReplyIsAnEmptyDocumentAndRefuses) {
  start("");
  EXPECT_THAT(leg_.said, ElementsAre("reject 603"));
}

TEST_F(CallTest, TheFirstVerbThatNeedsMediaAnswersAndWaitsForTheAck) {
  start("<Response><PlayAudio>/a.wav</PlayAudio></Response>");
  EXPECT_THAT(leg_.said, ElementsAre("answer"));
  EXPECT_EQ(media_.count<media::Play>(), 0U) << "nothing is said before the ACK";
  confirm();
  EXPECT_EQ(media_.count<media::Play>(), 1U);
  loop_.run_for(2s);
  EXPECT_THAT(leg_.said, ElementsAre("answer", "bye"));
  EXPECT_EQ(cause(), "hangup");
}

TEST_F(CallTest, InitiateCarriesWhatTheContractLists) {
  start();
  ASSERT_EQ(webhooks_.asked.size(), 1U);
  const auto& event = webhooks_.asked[0].event;
  for (const auto* field : {"eventType", "eventTime", "accountId", "applicationId", "from", "to", "direction",
                            "callId", "callUrl", "startTime", "sipCallId"}) {
    EXPECT_TRUE(event.contains(field)) << field;
  }
  EXPECT_EQ(
      event.at("callUrl"),
      "http://portico.example/api/v2/accounts/1000001/calls/c-1a2b3c4d-6f0d3c1e-1f52-4a8e-9d0a-3b5f6c7d8e9f");
  for (const auto* field : {"answerTime", "enqueuedTime", "tag"})
    EXPECT_FALSE(event.contains(field)) << field;
}

TEST_F(CallTest, TheBackendHasAsLongAsTheApplicationSays) {
  application_->callbacks.timeout = 2'500ms;
  start("<Response><Redirect redirectUrl=\"/next\"/></Response>");
  hang_up_by_peer();
  ASSERT_THAT(webhooks_.asked_types(), ElementsAre("initiate", "redirect"));
  for (const auto& asked : webhooks_.asked) EXPECT_EQ(asked.timeout, 2'500ms);
  ASSERT_THAT(webhooks_.told_types(), ElementsAre("disconnect"));
  EXPECT_EQ(webhooks_.told[0].timeout, 2'500ms);
}

TEST_F(CallTest, ASentenceIsSpokenByTheVoiceThatItNames) {
  start_answered(
      "<Response><SpeakSentence locale=\"de\" gender=\"male\">Guten Tag</SpeakSentence></Response>");
  EXPECT_EQ(sounds_.last_utterance.locale, "de");
  EXPECT_EQ(sounds_.last_utterance.gender, "male");
  EXPECT_EQ(sounds_.last_utterance.account_id, "1000001");
}

TEST_F(CallTest, AVoiceByNameIsSpokenByIt) {
  start_answered("<Response><SpeakSentence voice=\"jorge\">Buenos dias</SpeakSentence></Response>");
  EXPECT_EQ(sounds_.last_utterance.voice, "jorge");
  EXPECT_EQ(sounds_.last_utterance.locale, "es");
}

// Customers bill by them: the time of ringing is not paid for.
TEST_F(CallTest, ItsTimesAreThoseOfItsBeginItsAnswerAndItsEnd) {
  const auto begun = loop_.wall();
  start();
  loop_.run_for(3s);
  webhooks_.reply("<Response><Pause duration=\"60\"/></Response>");
  loop_.run_ready();
  confirm();
  loop_.run_for(7s);
  hang_up_by_peer();
  ASSERT_THAT(webhooks_.told_types(), ElementsAre("disconnect"));
  EXPECT_EQ(webhooks_.told_field(0, "startTime"), to_iso8601(begun));
  EXPECT_EQ(webhooks_.told_field(0, "answerTime"), to_iso8601(begun + 3s));
  EXPECT_EQ(webhooks_.told_field(0, "endTime"), to_iso8601(begun + 10s));
  EXPECT_EQ(records_.last.started, begun);
  EXPECT_EQ(records_.last.answered, begun + 3s);
  EXPECT_EQ(records_.last.ended, begun + 10s);
}

// For want of memory, say: the caller must not be left in a dialog without a call, nor the backend without an
// end.
TEST_F(CallTest, AVerbThatThrowsEndsTheCallAndIsTold) {
  struct Scarce final : Sounds {
    void speak(RequestId, const Utterance&, Sender) override { throw std::bad_alloc(); }
    void fetch(RequestId, const AudioFetch&, Sender) override { throw std::bad_alloc(); }
  } scarce;
  Environment environment{.loop = loop_,
                          .media = media_,
                          .webhooks = webhooks_,
                          .sounds = scarce,
                          .objects = objects_,
                          .records = records_,
                          .base_url = "http://portico.example",
                          .inline_base_url = "http://portico.example",
                          .node = "n1"};
  webhooks_.replies["/initiate"] = "<Response><SpeakSentence>hello</SpeakSentence></Response>";
  call_ = std::make_unique<Call>(
      environment,
      Inbound{.call_id = "c-1", .application = application_, .offer = kOffer, .arrived = loop_.wall()});
  call_->attach(std::make_unique<TestLeg>(leg_));
  scope_.start(call_->run());
  loop_.run_ready();
  confirm();
  EXPECT_THAT(leg_.said, ElementsAre("answer", "bye"));
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("disconnect"));
  EXPECT_EQ(cause(), "error");
  EXPECT_TRUE(ended());
}

TEST_F(CallTest, AnEndThatThrowsHasClosedThePort) {
  leg_.out_of_memory = true;
  start_answered("<Response><Pause/></Response>");
  loop_.run_for(2s);
  EXPECT_TRUE(broken_);
  EXPECT_EQ(media_.count<media::Close>(), 1U);
}

TEST_F(CallTest, AFailedInitiateRefusesWith500AndTellsCallbackError) {
  start();
  webhooks_.fail_now();
  loop_.run_ready();
  EXPECT_THAT(leg_.said, ElementsAre("reject 500"));
  ASSERT_THAT(webhooks_.told_types(), ElementsAre("disconnect"));
  EXPECT_EQ(webhooks_.told_field(0, "cause"), "callback-error");
  EXPECT_EQ(webhooks_.told_field(0, "errorMessage"), "no answer in 15 s");
  EXPECT_FALSE(webhooks_.told_field(0, "errorId").empty());
}

TEST_F(CallTest, AnAnswerThatIsTooLongIsInvalidBxml) {
  start();
  webhooks_.fail_now(Code::too_large, "the answer is longer than 65536 bytes");
  loop_.run_ready();
  EXPECT_THAT(leg_.said, ElementsAre("reject 500"));
  EXPECT_EQ(cause(), "invalid-bxml");
}

TEST_F(CallTest, InvalidBxmlRefusesWith500AndNamesThePlace) {
  start("<Response>\n  <Gather maxDigits=\"99\"/>\n</Response>");
  EXPECT_THAT(leg_.said, ElementsAre("reject 500"));
  EXPECT_EQ(cause(), "invalid-bxml");
  EXPECT_THAT(records_.last.error_message.value_or(""), testing::HasSubstr("line 2"));
}

TEST_F(CallTest, APasswordInAnInvalidDocumentIsNotLogged) {
  testing::internal::CaptureStderr();
  log::start(log::Level::trace, log::Format::text);
  start("<Response><Gather maxDigits=\"x\" password=\"geheim\"/></Response>");
  log::stop();
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              testing::AllOf(testing::HasSubstr("invalid BXML"), testing::Not(testing::HasSubstr("geheim"))));
}

TEST_F(CallTest, TheWarningsOfADocumentAreOneLineOfTheLog) {
  testing::internal::CaptureStderr();
  log::start(log::Level::info, log::Format::text);
  start("<Response><Pause a='1' b='2' c='3'/><Hangup d='4'/></Response>");
  log::stop();
  const auto logged = testing::internal::GetCapturedStderr();
  const auto first = logged.find("BXML warning");
  ASSERT_NE(first, std::string::npos) << logged;
  EXPECT_EQ(logged.find("BXML warning", first + 1), std::string::npos) << logged;
  EXPECT_THAT(logged, testing::HasSubstr("more=3"));
}

struct LaterVerb {
  const char* name;
  const char* xml;
  bool answers = true;  // contract bxml.md 2.1
};
class LaterVerbs : public CallTest, public testing::WithParamInterface<LaterVerb> {};

INSTANTIATE_TEST_SUITE_P(
    All, LaterVerbs,
    testing::Values(LaterVerb{"Bridge", "<Bridge>c-1</Bridge>"},
                    LaterVerb{"Conference", "<Conference>room</Conference>"},
                    LaterVerb{"Connect", "<Connect><Endpoint>e-1</Endpoint></Connect>"},
                    LaterVerb{"Forward", "<Forward to=\"+15557654321\"/>", false},
                    LaterVerb{"Refer", "<Refer><SipUri>sip:desk@pbx.example.net</SipUri></Refer>"},
                    LaterVerb{"StartStream", "<StartStream destination=\"wss://ai.example/ws\"/>"},
                    LaterVerb{"StartTranscription", "<StartTranscription/>"},
                    LaterVerb{"StopStream", "<StopStream name=\"bot\"/>", false},
                    LaterVerb{"StopTranscription", "<StopTranscription/>", false},
                    LaterVerb{"Transfer", "<Transfer><PhoneNumber>+15557654321</PhoneNumber></Transfer>"}),
    [](const auto& verb) { return verb.param.name; });

TEST_P(LaterVerbs, EndTheCallByName) {
  start(("<Response>" + std::string(GetParam().xml) + "<Pause/></Response>").c_str());
  if (GetParam().answers) confirm();
  if (GetParam().answers) {
    EXPECT_THAT(leg_.said, ElementsAre("answer", "bye"));
  } else {
    EXPECT_THAT(leg_.said, ElementsAre("reject 500"));
  }
  ASSERT_THAT(webhooks_.told_types(), ElementsAre("disconnect"));
  EXPECT_EQ(webhooks_.told_field(0, "cause"), "application-error");
  EXPECT_THAT(webhooks_.told_field(0, "errorMessage"),
              testing::HasSubstr("<" + std::string(GetParam().name) + ">"));
}

TEST_P(LaterVerbs, EndAnAnsweredCallByName) {
  start_answered(("<Response><Pause duration=\"1\"/>" + std::string(GetParam().xml) + "</Response>").c_str());
  loop_.run_for(2s);
  EXPECT_THAT(leg_.said, ElementsAre("answer", "bye"));
  EXPECT_EQ(cause(), "application-error");
  EXPECT_THAT(webhooks_.told_field(0, "errorMessage"),
              testing::HasSubstr("<" + std::string(GetParam().name) + ">"));
}

TEST_F(CallTest, CancelWhileTheBackendThinksEndsTheCallAndItsReplyIsIgnored) {
  start();
  hang_up_by_peer(LegEnded::Why::cancelled);
  EXPECT_THAT(leg_.said, IsEmpty());
  EXPECT_EQ(cause(), "cancel");
  webhooks_.reply("<Response><PlayAudio>/a.wav</PlayAudio></Response>");
  loop_.run_for(60s);
  EXPECT_THAT(leg_.said, IsEmpty());
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("disconnect"));
}

TEST_F(CallTest, NoAckEndsTheCallByError) {
  start("<Response><Pause duration=\"5\"/></Response>");
  hang_up_by_peer(LegEnded::Why::no_ack);
  EXPECT_EQ(cause(), "error");
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("disconnect"));
}

TEST_F(CallTest, ByeOfThePeerStopsTheRunningVerbWithoutItsWebhook) {
  start_answered("<Response><Gather gatherUrl=\"/g\"><PlayAudio>/a.wav</PlayAudio></Gather></Response>");
  loop_.run_for(500ms);
  hang_up_by_peer();
  EXPECT_THAT(webhooks_.asked_types(), ElementsAre("initiate"));
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("disconnect"));
  EXPECT_THAT(leg_.said, ElementsAre("answer"));
  EXPECT_TRUE(ended());
}

TEST_F(CallTest, InlineBxmlNeedsNoBackend) {
  application_->callbacks.initiated_url.clear();
  application_->inline_bxml = "<Response><Pause duration=\"1\"/></Response>";
  start_answered(nullptr);
  loop_.run_for(2s);
  EXPECT_THAT(leg_.said, ElementsAre("answer", "bye"));
  EXPECT_THAT(webhooks_.asked_types(), IsEmpty());
}

TEST_F(CallTest, AnApplicationThatSaysNothingAboutItsCallsEndsThemWithTheReason) {
  application_->callbacks.initiated_url.clear();
  start(nullptr);
  EXPECT_THAT(leg_.said, ElementsAre("reject 500"));
  EXPECT_EQ(records_.last.disconnect_cause, "callback-error");
  EXPECT_THAT(records_.last.error_message.value_or(""),
              testing::HasSubstr("neither callInitiatedCallbackUrl nor"));
}

TEST_F(CallTest, RingWithoutAnsweringSends180AndTheEndRefuses) {
  start("<Response><Ring answerCall=\"false\" duration=\"3\"/></Response>");
  EXPECT_THAT(leg_.said, ElementsAre("ring"));
  loop_.run_for(4s);
  EXPECT_THAT(leg_.said, ElementsAre("ring", "reject 603"));
}

TEST_F(CallTest, RedirectDoesNotAnswer) {
  webhooks_.replies["/next"] = "<Response><Hangup/></Response>";
  start("<Response><Redirect redirectUrl=\"/next\" tag=\"t1\"/></Response>");
  EXPECT_THAT(webhooks_.asked_types(), ElementsAre("initiate", "redirect"));
  EXPECT_EQ(webhooks_.asked[1].event.at("tag").as_string(), "t1");
  EXPECT_THAT(leg_.said, ElementsAre("reject 603"));
}

TEST_F(CallTest, ATagIsSavedOnceTheCallWaitsWithIt) {
  start_answered(
      "<Response><Pause duration=\"1\"/><Tag>order=7</Tag><StartRecording/><Tag>order=8</Tag>"
      "<Pause duration=\"1\"/><Tag>order=8</Tag><Pause duration=\"600\"/></Response>");
  const auto before = records_.saves;
  loop_.run_for(1500ms);
  EXPECT_EQ(records_.last.tag, "order=8");
  loop_.run_for(1s);
  EXPECT_EQ(records_.saves, before + 1) << "order=7 did not last, and the second order=8 changes nothing";
  call_->sender().post(Redirect{.url = "http://app.example/other", .method = "POST", .tag = ""});
  loop_.run_ready();
  EXPECT_FALSE(records_.last.tag);
  EXPECT_EQ(records_.saves, before + 2);
}

// A PUT of a document gives up the question that was waiting; its answer comes all the same.
TEST_F(CallTest, AnAnswerThatNobodyWaitsForAnyMoreIsNotTakenForTheNext) {
  start("<Response><Redirect redirectUrl=\"/slow\"/></Response>");
  const auto given_up = webhooks_.last_request();
  call_->sender().post(ReplaceDocument{"<Response><Redirect redirectUrl=\"/new\"/></Response>"});
  loop_.run_ready();
  ASSERT_EQ(webhooks_.asked.size(), 3U);
  call_->sender().post(WebhookAnswer{.request = given_up,
                                     .reply = WebhookAnswer::Reply{.body = "<Response><Pause/></Response>",
                                                                   .url = "http://app.example/slow"}});
  loop_.run_ready();
  EXPECT_THAT(leg_.said, IsEmpty());
  webhooks_.reply("<Response><Hangup/></Response>");
  loop_.run_ready();
  EXPECT_THAT(leg_.said, ElementsAre("reject 603"));
}

TEST_F(CallTest, ADocumentThatComesWhileThePortIsOpenedMayRefuseTheCall) {
  media_.before_ready = [&] { call_->sender().post(ReplaceDocument{"<Response><Hangup/></Response>"}); };
  start("<Response><Pause/></Response>");
  EXPECT_THAT(leg_.said, ElementsAre("reject 603"));
}

TEST_F(CallTest, EndlessRedirectsAreStoppedAfterAHundred) {
  webhooks_.replies["/next"] = "<Response><Redirect redirectUrl=\"/next\"/></Response>";
  start("<Response><Redirect redirectUrl=\"/next\"/></Response>");
  EXPECT_EQ(cause(), "application-error");
  EXPECT_EQ(webhooks_.asked.size(), 101U);
}

TEST_F(CallTest, AnUnplayableFileIsAnApplicationErrorWithItsReason) {
  start_answered("<Response><PlayAudio>/a.ogg</PlayAudio></Response>");
  EXPECT_EQ(cause(), "application-error");
  EXPECT_EQ(records_.last.error_message.value_or(""), "PlayAudio: only WAV and MP3 can be played");
}

TEST_F(CallTest, ARedirectByTheApiAbortsTheRunningVerb) {
  webhooks_.replies["/other"] = "<Response><SendDtmf>12</SendDtmf></Response>";
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  call_->sender().post(Redirect{.url = "http://app.example/other", .method = "POST"});
  loop_.run_ready();
  EXPECT_THAT(webhooks_.asked_types(), ElementsAre("initiate", "redirect"));
  EXPECT_EQ(media_.count<media::SendDigits>(), 1U);
  EXPECT_EQ(cause(), "hangup");
}

TEST_F(CallTest, ADocumentThatComesBeforeTheAckWaitsForIt) {
  start("<Response><PlayAudio>/a.wav</PlayAudio></Response>");
  call_->sender().post(ReplaceDocument{"<Response><PlayAudio>/b.wav</PlayAudio></Response>"});
  loop_.run_ready();
  EXPECT_EQ(media_.count<media::Play>(), 0U);
  confirm();
  ASSERT_EQ(media_.count<media::Play>(), 1U);
  const auto* play = std::get_if<media::Play>(&media_.commands.back());
  ASSERT_TRUE(play != nullptr && media_.count<media::Configure>() == 1);
  loop_.run_for(2s);
  EXPECT_THAT(leg_.said, ElementsAre("answer", "bye"));
  EXPECT_EQ(cause(), "hangup");
}

TEST_F(CallTest, ARingThatComesBeforeTheAckWaitsForIt) {
  start("<Response><PlayAudio>/a.wav</PlayAudio></Response>");
  call_->sender().post(ReplaceDocument{"<Response><Ring answerCall=\"false\" duration=\"5\"/></Response>"});
  loop_.run_ready();
  EXPECT_EQ(media_.count<media::Play>(), 0U);
  confirm();
  EXPECT_EQ(media_.count<media::Play>(), 1U);
  EXPECT_THAT(leg_.said, ElementsAre("answer"));
}

TEST_F(CallTest, ACommandThatWasLostEndsTheCallAndItsRecordingIsKept) {
  start_answered(
      "<Response><StartRecording recordingAvailableUrl=\"/a\"/><PlayAudio>/a.wav</PlayAudio></Response>");
  media_.events().post(media::CommandLost{});
  loop_.run_ready();
  EXPECT_EQ(cause(), "error");
  EXPECT_TRUE(ended()) << "nobody waits for the end of a play that never began";
  ASSERT_FALSE(records_.recordings.empty());
  EXPECT_EQ(records_.recordings.back().status, "complete");
}

TEST_F(CallTest, ALostPortEndsTheCallAndWaitsForItsRecording) {
  start_answered(
      "<Response><StartRecording recordingAvailableUrl=\"/a\"/><Pause duration=\"600\"/></Response>");
  media_.events().post(media::PortLost{.reason = "SRTP keys for one direction only"});
  media_.events().post(media::RecordingClosed{.record = media_.recording,
                                              .end = media::RecordEnd::hangup,
                                              .duration = Millis(1'000),
                                              .samples = 8'000});
  loop_.run_ready();
  EXPECT_EQ(cause(), "error");
  EXPECT_TRUE(ended());
  ASSERT_FALSE(records_.recordings.empty());
  EXPECT_EQ(records_.recordings.back().status, "complete");
}

TEST_F(CallTest, ARecordIsOverThoughTheDiskIsSlow) {
  webhooks_.replies["/done"] = "<Response><Pause duration=\"600\"/></Response>";
  start_answered(
      "<Response><Record recordCompleteUrl=\"/done\" recordingAvailableUrl=\"/available\"/></Response>");
  media_.events().post(media::RecordingEnded{.record = media_.recording, .duration = Millis(1'500)});
  loop_.run_ready();
  EXPECT_EQ(webhooks_.asked_types().back(), "recordComplete");
  EXPECT_EQ(webhooks_.asked.back().event.at("duration"), "PT1.5S");
  const auto ended = webhooks_.asked.back().event.at("endTime");
  EXPECT_THAT(webhooks_.told_types(), Not(Contains("recordingAvailable")));
  loop_.run_for(2s);
  media_.close(media_.recording, media::RecordEnd::silence);
  loop_.run_ready();
  ASSERT_EQ(webhooks_.told_types().back(), "recordingAvailable");
  EXPECT_EQ(webhooks_.told.back().event.at("endTime"), ended);
}

TEST_F(CallTest, ACallStartsNoMoreRecordingsThanItMayHaveUnfinished) {
  objects_.slow = true;
  std::string document = "<Response>";
  for (std::size_t i = 0; i < 3 * limits::kRecordingsUnfinishedMax; ++i) {
    document += "<StartRecording/><PauseRecording/><PauseRecording/><StopRecording/>";
  }
  document += "<Record maxDuration=\"10\"/></Response>";
  start_answered(document.c_str());
  loop_.run_for(5s);
  EXPECT_EQ(media_.count<media::Record>(), limits::kRecordingsUnfinishedMax) << "Record waits";
  EXPECT_EQ(media_.count<media::PauseRecord>(), limits::kRecordingsUnfinishedMax);
  objects_.slow = false;
  objects_.store_all();
  loop_.run_for(1s);
  EXPECT_EQ(media_.count<media::Record>(), limits::kRecordingsUnfinishedMax + 1);
  media_.close(media_.recording, media::RecordEnd::max_duration);
  loop_.run_for(1s);
  EXPECT_TRUE(ended());
}

// 603 would tell the caller's PBX that nobody may be asked any more.
TEST_F(CallTest, ANodeThatEndsSendsUnansweredCallsElsewhere) {
  start();
  call_->sender().post(Shutdown{});
  loop_.run_ready();
  EXPECT_THAT(leg_.said, ElementsAre("reject 503"));
  EXPECT_EQ(cause(), "node-capacity-exceeded");
}

TEST_F(CallTest, AnAnswerIsWantedUntilTheCallEnds) {
  start();
  ASSERT_EQ(webhooks_.asked.size(), 1U);
  EXPECT_TRUE(*webhooks_.asked[0].wanted);
  hang_up_by_peer(LegEnded::Why::cancelled);
  EXPECT_FALSE(*webhooks_.asked[0].wanted);
}

TEST_F(CallTest, CompletedByTheApiHangsUp) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  call_->sender().post(Complete{});
  loop_.run_ready();
  EXPECT_THAT(leg_.said, ElementsAre("answer", "bye"));
  EXPECT_EQ(cause(), "hangup");
}

// The same press may come as RFC 4733 packets too, in the middle of what this one leads to.
TEST_F(CallTest, APressBySipInfoIsMadeKnownToTheMediaOnce) {
  start();
  call_->sender().post(LegDigit{.digit = '1'});
  loop_.run_ready();
  EXPECT_EQ(media_.count<media::NoteDigit>(), 0U) << "there is no port yet";
  webhooks_.reply("<Response><Pause duration=\"600\"/></Response>");
  loop_.run_ready();
  confirm();
  call_->sender().post(LegDigit{.digit = '5'});
  loop_.run_ready();
  digit('5');
  digit('7');
  ASSERT_EQ(media_.count<media::NoteDigit>(), 1U);
  EXPECT_EQ(std::get<media::NoteDigit>(media_.commands.back()).digit, '5');
}

// SIP INFO comes as fast as its sender likes.
TEST_F(CallTest, ADigitFloodBySipInfoIsHeldToWhatAThumbCanDo) {
  start_answered("<Response><StartGather dtmfUrl=\"/dtmf\"/><Pause duration=\"600\"/></Response>");
  for (int i = 0; i < 1'000; ++i) {
    call_->sender().post(LegDigit{.digit = '1'});
    loop_.run_ready();
  }
  EXPECT_EQ(webhooks_.told.size(), limits::kDigitsPerSecondMax);
  loop_.run_for(1s);
  call_->sender().post(LegDigit{.digit = '2'});
  loop_.run_ready();
  EXPECT_EQ(webhooks_.told.size(), limits::kDigitsPerSecondMax + 1);
}

TEST_F(CallTest, AnEndFindsAPlaceInAFullInbox) {
  const std::vector<std::pair<Event, const char*>> ends{{LegEnded{}, "hangup"},
                                                        {Complete{}, "hangup"},
                                                        {Shutdown{}, "hangup"},
                                                        {media::Event(media::PortLost{}), "error"},
                                                        {media::Event(media::CommandLost{}), "error"}};
  for (const auto& [end, why] : ends) {
    start_answered("<Response><Pause duration=\"600\"/></Response>");
    for (std::size_t i = 0; i <= limits::kInboxEventsMax; ++i) call_->sender().post(LegDigit{.digit = '1'});
    call_->sender().post(end);
    loop_.run_ready();
    EXPECT_EQ(cause(), why) << end.index();
    loop_.run_for(5s);  // for what the media have to say, which found no place
    ASSERT_TRUE(ended()) << end.index();
  }
}

TEST_F(CallTest, AReInviteIsAnsweredAndMovesTheMedia) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  std::string moved = kOffer;
  moved.replace(moved.find("4000"), 4, "4002");
  call_->sender().post(LegOffer{moved});
  loop_.run_ready();
  EXPECT_THAT(leg_.said, ElementsAre("answer", "answer offer"));
  ASSERT_EQ(media_.count<media::Configure>(), 2U);
  EXPECT_EQ(std::get<media::Configure>(media_.commands.back()).stream.remote_rtp.port, 4002);
}

// RFC 4028: we refresh by re-INVITE where the peer takes no UPDATE, with the description that holds.
TEST_F(CallTest, TheAnswerToARefreshMovesTheMedia) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  std::string moved = kOffer;
  moved.replace(moved.find("4000"), 4, "4002");
  call_->sender().post(LegAnswer{leg_.last_sdp, moved});
  loop_.run_ready();
  ASSERT_EQ(media_.count<media::Configure>(), 2U);
  EXPECT_EQ(std::get<media::Configure>(media_.commands.back()).stream.remote_rtp.port, 4002);
  call_->sender().post(LegAnswer{leg_.last_sdp, "not an answer"});
  loop_.run_ready();
  EXPECT_EQ(media_.count<media::Configure>(), 2U);
  EXPECT_FALSE(ended());
}

std::string srtp_offer(const std::string& ip, char key) {
  return "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 " + ip +
         "\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" +
         std::string(40, key) + "\r\n";
}

// voice-applications.md 5.5: of the application, though the deployment leaves it open.
TEST_F(CallTest, AnApplicationThatRequiresSrtpIsNeverHeardInTheClear) {
  application_->require_srtp = true;
  const auto secure = srtp_offer("192.0.2.9", 'A');
  start_answered("<Response><Pause duration=\"600\"/></Response>", kOffer + secure.substr(secure.find("m=")));
  EXPECT_THAT(leg_.last_sdp, testing::AllOf(testing::HasSubstr("m=audio 0 RTP/AVP"),
                                            testing::HasSubstr("m=audio 20000 RTP/SAVP")));
  call_->sender().post(LegOffer{kOffer});
  loop_.run_ready();
  EXPECT_EQ(leg_.said.back(), "refuse offer 488");
  call_->sender().post(LegOffer{""});
  loop_.run_ready();
  EXPECT_THAT(leg_.last_sdp, testing::HasSubstr("m=audio 20000 RTP/SAVP"));
}

TEST_F(CallTest, ALateOfferIsSecureWhereTheApplicationRequiresSrtp) {
  application_->require_srtp = true;
  start("<Response><Pause duration=\"600\"/></Response>", std::nullopt);
  EXPECT_THAT(leg_.last_sdp,
              testing::AllOf(testing::HasSubstr("m=audio 20000 RTP/SAVP"), testing::HasSubstr("a=crypto:")));
}

// RFC 4568 section 7.1.4: who may not have our roll-over counter gets another key of ours, and only who.
TEST_F(CallTest, AReInviteKeepsOurSrtpKeyWhileThePeerKeepsItsKeyAndAddress) {
  const auto answered_key = [&] {
    loop_.run_ready();
    return *std::get<media::Configure>(media_.commands.back()).stream.send_key;
  };
  const auto after = [&](const std::string& offer) {
    call_->sender().post(LegOffer{offer});
    return answered_key();
  };
  start_answered("<Response><Pause duration=\"600\"/></Response>", srtp_offer("192.0.2.9", 'A'));
  const auto first = answered_key();
  EXPECT_EQ(after(srtp_offer("192.0.2.9", 'A')), first) << "a refresh";
  EXPECT_EQ(after(srtp_offer("192.0.2.9", 'A') + "a=sendonly\r\n"), first) << "hold";
  const auto second = after(srtp_offer("192.0.2.9", 'B'));
  EXPECT_NE(second, first) << "the peer has made a new context";
  const auto third = after(srtp_offer("192.0.2.77", 'B'));
  EXPECT_NE(third, second) << "somebody else may sit there";
  call_->sender().post(LegOffer{kOffer});
  loop_.run_ready();
  EXPECT_NE(after(srtp_offer("192.0.2.77", 'B')), third) << "its counter was forgotten in the clear";
}

TEST_F(CallTest, AReInviteWithNothingInCommonIsRefusedAndTheCallLives) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  call_->sender().post(
      LegOffer{"v=0\r\no=- 1 2 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
               "m=audio 4000 RTP/AVP 18\r\n"});
  loop_.run_ready();
  EXPECT_THAT(leg_.said, ElementsAre("answer", "refuse offer 488"));
  EXPECT_FALSE(ended());
}

TEST_F(CallTest, APartyThatIsSilentAndDoesNotAnswerEndsTheCall) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  media_.events().post(media::MediaTimeout{.rtp_in = true, .rtcp_in = false});
  loop_.run_ready();
  EXPECT_FALSE(ended());
  media_.events().post(media::MediaTimeout{.rtp_in = false, .rtcp_in = false, .rtp_out = true});
  loop_.run_ready();
  EXPECT_THAT(leg_.said, ElementsAre("answer"));
  media_.events().post(media::MediaTimeout{.rtp_in = true, .rtcp_in = true});
  loop_.run_ready();
  EXPECT_THAT(leg_.said, ElementsAre("answer", "probe"));
  EXPECT_FALSE(ended());
  hang_up_by_peer(LegEnded::Why::gone, "it does not answer");
  EXPECT_EQ(cause(), "error");
  EXPECT_EQ(records_.last.error_message.value_or(""),
            "no RTP and no RTCP came from the party for 60 s, and it does not answer");
}

TEST_F(CallTest, WaitsAWhileForTheLastWordOfItsMedia) {
  media_.tells_quality = false;
  start_answered("<Response><Pause duration=\"1\"/></Response>");
  loop_.run_for(1s);
  EXPECT_EQ(cause(), "hangup");
  EXPECT_FALSE(ended());
  media_.events().post(media::Quality{.final = true});
  loop_.run_ready();
  EXPECT_TRUE(ended());
  start_answered("<Response><Pause duration=\"1\"/></Response>");
  loop_.run_for(1s);
  loop_.run_for(5s);
  EXPECT_TRUE(ended());
}

TEST_F(CallTest, AShutdownTellsTheParty) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  call_->sender().post(Shutdown{});
  loop_.run_ready();
  EXPECT_EQ(cause(), "hangup");
  EXPECT_THAT(leg_.said, ElementsAre("answer", "bye"));
  EXPECT_EQ(leg_.bye_reason, "shutdown");
}

}  // namespace
}  // namespace portico::call
