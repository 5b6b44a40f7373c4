// <Gather>, <StartGather>: bxml.md's four rules of an end, prompts that stop, and who else hears of the
// digits.

#include <gmock/gmock.h>

#include "call/call_fixture.h"

namespace portico::call {
namespace {

using testing::ElementsAre;

class GatherTest : public CallTest {
 protected:
  GatherTest() { webhooks_.replies["/g"] = "<Response><Hangup/></Response>"; }
  std::string asked_field(const char* field) const {
    return std::string(webhooks_.asked.back().event.at(field).as_string());
  }
};

TEST_F(GatherTest, EndsByATerminatingDigitThatIsNoPartOfTheDigits) {
  start_answered("<Response><Gather gatherUrl=\"/g\" terminatingDigits=\"#*\"/></Response>");
  for (const char d : std::string("123#")) digit(d);
  EXPECT_EQ(asked_field("eventType"), "gather");
  EXPECT_EQ(asked_field("digits"), "123");
  EXPECT_EQ(asked_field("terminatingDigit"), "#");
}

TEST_F(GatherTest, EndsWhenMaxDigitsAreThere) {
  start_answered("<Response><Gather gatherUrl=\"/g\" maxDigits=\"2\"/></Response>");
  digit('4');
  EXPECT_EQ(webhooks_.asked.size(), 1U);
  digit('2');
  EXPECT_EQ(asked_field("digits"), "42");
  EXPECT_EQ(asked_field("terminatingDigit"), "");
}

TEST_F(GatherTest, EndsWhenNoFurtherDigitComesInTime) {
  start_answered("<Response><Gather gatherUrl=\"/g\" interDigitTimeout=\"2\"/></Response>");
  digit('7');
  loop_.run_for(1999ms);
  EXPECT_EQ(webhooks_.asked.size(), 1U);
  loop_.run_for(1ms);
  EXPECT_EQ(asked_field("digits"), "7");
}

TEST_F(GatherTest, EndsWithoutDigitsAfterThePromptsAndFirstDigitTimeout) {
  start_answered(
      "<Response><Gather gatherUrl=\"/g\" firstDigitTimeout=\"3\">"
      "<SpeakSentence>One?</SpeakSentence><PlayAudio>/a.wav</PlayAudio></Gather></Response>");
  loop_.run_for(3999ms);  // the prompts take one second
  EXPECT_EQ(webhooks_.asked.size(), 1U);
  loop_.run_for(1ms);
  EXPECT_EQ(asked_field("digits"), "");
  EXPECT_EQ(asked_field("terminatingDigit"), "");
}

TEST_F(GatherTest, ADigitWhilePromptsAreFetchedCountsAndNothingIsPlayed) {
  start_answered(
      "<Response><StartGather dtmfUrl=\"/dtmf\"/><Gather gatherUrl=\"/g\" maxDigits=\"2\">"
      "<PlayAudio>/slow.wav</PlayAudio></Gather></Response>");
  digit('1');
  EXPECT_EQ(webhooks_.asked.size(), 1U);
  digit('2');
  EXPECT_EQ(asked_field("digits"), "12");
  EXPECT_EQ(media_.count<media::Play>(), 0U);
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("disconnect")) << "those of a Gather are its own";
}

TEST_F(GatherTest, NoDigitIsToldOnceTheCallHasEnded) {
  start_answered(
      "<Response><StartRecording recordingAvailableUrl=\"/a\"/><StartGather dtmfUrl=\"/dtmf\"/>"
      "<Pause duration=\"600\"/></Response>");
  media_.digit('1');
  call_->sender().post(LegEnded{});
  media_.digit('2');  // overtaken by the end
  loop_.run_ready();
  ASSERT_TRUE(ended());
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("dtmf", "disconnect", "recordingAvailable"));
}

TEST_F(GatherTest, HoldsAPromptThatIsReadyUntilItHasBeenPlayed) {
  start_answered(
      "<Response><Gather firstDigitTimeout=\"2\"><PlayAudio>/a.wav</PlayAudio>"
      "<PlayAudio>/slow.wav</PlayAudio></Gather><PlayAudio>/b.wav</PlayAudio><Pause/></Response>");
  loop_.run_for(20s);
  EXPECT_EQ(sounds_.holders(), 1) << "the one that is ready waits for the other";
  sounds_.answer_slow();
  loop_.run_for(500ms);
  EXPECT_EQ(sounds_.holders(), 2) << "while both play";
  loop_.run_for(2600ms);
  EXPECT_EQ(media_.count<media::Play>(), 2U);
  EXPECT_EQ(sounds_.holders(), 1) << "those of the Gather are let go";
  loop_.run_for(1s);
  EXPECT_EQ(sounds_.holders(), 0);
}

TEST_F(GatherTest, RepeatsThePromptsOnlyWhileNoDigitComes) {
  start_answered(
      "<Response><Gather gatherUrl=\"/g\" repeatCount=\"3\" firstDigitTimeout=\"1\" maxDigits=\"1\">"
      "<PlayAudio>/a.wav</PlayAudio></Gather></Response>");
  loop_.run_for(2500ms);
  EXPECT_EQ(media_.count<media::Play>(), 2U);
  digit('1');
  EXPECT_EQ(media_.count<media::Stop>(), 1U);
  EXPECT_EQ(asked_field("digits"), "1");
  EXPECT_EQ(media_.count<media::Play>(), 2U);
}

TEST_F(GatherTest, WithoutUrlTheDigitsAreThrownAwayAndTheNextVerbRuns) {
  start_answered("<Response><Gather maxDigits=\"1\"/><SendDtmf>9</SendDtmf></Response>");
  digit('1');
  EXPECT_EQ(media_.count<media::SendDigits>(), 1U);
  EXPECT_EQ(webhooks_.asked.size(), 1U);
}

TEST_F(GatherTest, StartGatherReportsEachDigitButNotThoseOfAGather) {
  start_answered(
      "<Response><StartGather dtmfUrl=\"/dtmf\"/><Pause duration=\"2\"/><Gather gatherUrl=\"/g\" "
      "maxDigits=\"1\"/>"
      "</Response>");
  digit('1');
  digit('2');
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("dtmf", "dtmf"));
  EXPECT_EQ(webhooks_.told_field(0, "digit"), "1");
  loop_.run_for(3s);
  digit('3');
  EXPECT_EQ(asked_field("digits"), "3");
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("dtmf", "dtmf", "disconnect"));
}

TEST_F(GatherTest, StopGatherEndsTheReports) {
  start_answered("<Response><StartGather dtmfUrl=\"/dtmf\"/><StopGather/><Pause duration=\"2\"/></Response>");
  digit('1');
  EXPECT_TRUE(webhooks_.told.empty());
}

TEST_F(GatherTest, ADigitBySipInfoCountsOnceWithItsTwinInTheMedia) {
  start_answered("<Response><Gather gatherUrl=\"/g\" maxDigits=\"2\"/></Response>");
  digit('5');
  call_->sender().post(LegDigit{.digit = '5', .duration = Millis(160)});
  loop_.run_for(100ms);
  EXPECT_EQ(webhooks_.asked.size(), 1U) << "one press, two reports";
  loop_.run_for(2s);
  call_->sender().post(LegDigit{.digit = '6', .duration = Millis(160)});
  loop_.run_ready();
  EXPECT_EQ(asked_field("digits"), "56");
}

// The port has folded the first one's events into what it was told, so that it tells only of the second.
TEST_F(GatherTest, APressThatTheMediaTellKnowingOfTheLastIsAnother) {
  start_answered("<Response><Gather gatherUrl=\"/g\" maxDigits=\"4\"/></Response>");
  call_->sender().post(LegDigit{.digit = '5'});
  loop_.run_for(300ms);
  ASSERT_EQ(media_.count<media::NoteDigit>(), 1U);
  digit('5', std::get<media::NoteDigit>(media_.commands.back()).seq);
  call_->sender().post(LegDigit{.digit = '6'});
  loop_.run_for(230ms);
  call_->sender().post(LegDigit{.digit = '5'});  // of the second, sent again
  loop_.run_ready();
  digit('7');
  EXPECT_EQ(asked_field("digits"), "5567");
}

}  // namespace
}  // namespace portico::call
