// <Record> and <StartRecording>: from the verb to the stored file and its webhook.

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "base/log.h"
#include "call/call_fixture.h"

namespace portico::call {
namespace {

using testing::ElementsAre;

class RecordTest : public CallTest {
 protected:
  RecordTest() { webhooks_.replies["/saved"] = "<Response><Hangup/></Response>"; }

  media::Record last_wanted() const {
    media::Record last;
    for (const auto& command : media_.commands) {
      if (const auto* record = std::get_if<media::Record>(&command)) last = *record;
    }
    return last;
  }
  static std::ptrdiff_t lines_of_log(const std::function<void()>& done) {
    testing::internal::CaptureStderr();
    log::start(log::Level::warn, log::Format::text);
    done();
    log::stop();
    const auto logged = testing::internal::GetCapturedStderr();
    return std::ranges::count(logged, '\n');
  }
};

TEST_F(RecordTest, TellsCompleteThenAvailable) {
  start_answered(
      "<Response><Record recordCompleteUrl=\"/saved\" recordingAvailableUrl=\"/available\"/></Response>");
  media_.close(media_.recording, media::RecordEnd::digit);
  loop_.run_ready();
  EXPECT_THAT(webhooks_.asked_types(), ElementsAre("initiate", "recordComplete"));
  const auto& complete = webhooks_.asked[1].event;
  EXPECT_EQ(complete.at("duration").as_string(), "PT1.5S");
  EXPECT_EQ(complete.at("channels").to_number<int>(), 1);
  EXPECT_EQ(complete.at("fileFormat").as_string(), "wav");
  EXPECT_TRUE(complete.at("mediaUrl")
                  .as_string()
                  .starts_with("http://portico.example/api/v2/accounts/1000001/calls/"));
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("recordingAvailable", "disconnect"));
  EXPECT_EQ(webhooks_.told_field(0, "status"), "complete");
  EXPECT_EQ(records_.recordings.back().media_bytes, 1234U);
}

TEST_F(RecordTest, ItsDigitsAreToldToWhoGathersBesideIt) {
  start_answered(
      "<Response><StartGather dtmfUrl=\"/dtmf\"/><Record recordCompleteUrl=\"/saved\"/></Response>");
  digit('5');
  ASSERT_THAT(webhooks_.told_types(), ElementsAre("dtmf"));
  EXPECT_EQ(webhooks_.told_field(0, "digit"), "5");
}

TEST_F(RecordTest, WhatADiskErrorLeavesIsPartialOrNothing) {
  start_answered(
      "<Response><Record recordingAvailableUrl=\"/available\"/><Record recordingAvailableUrl=\"/available\"/>"
      "</Response>");
  EXPECT_EQ(records_.recordings.back().notice->url, "http://app.example/available")
      << "kept until it is told";
  media_.close(media_.recording, media::RecordEnd::error, 4'000);
  loop_.run_ready();
  EXPECT_EQ(webhooks_.told_field(0, "status"), "partial");
  EXPECT_EQ(webhooks_.told_field(0, "duration"), "PT0.5S");
  EXPECT_EQ(objects_.stored.size(), 1U);
  media_.close(media_.recording, media::RecordEnd::error, 0);
  loop_.run_ready();
  EXPECT_EQ(webhooks_.told_field(1, "status"), "error");
  EXPECT_EQ(objects_.stored.size(), 1U) << "there is nothing to keep";
  EXPECT_FALSE(records_.recordings.back().notice);
}

TEST_F(RecordTest, AHangupEndsTheRecordingWithoutCompleteButMakesItAvailable) {
  start_answered(
      "<Response><Record recordCompleteUrl=\"/saved\" recordingAvailableUrl=\"/available\"/></Response>");
  hang_up_by_peer();
  EXPECT_THAT(webhooks_.asked_types(), ElementsAre("initiate"));
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("disconnect", "recordingAvailable"));
  EXPECT_TRUE(ended());
}

TEST_F(RecordTest, ATerminatingDigitBySipInfoEndsItToo) {
  start_answered("<Response><Record recordCompleteUrl=\"/saved\" terminatingDigits=\"*\"/></Response>");
  call_->sender().post(LegDigit{.digit = '*'});
  loop_.run_ready();
  EXPECT_THAT(webhooks_.asked_types(), ElementsAre("initiate", "recordComplete"));
  char ended_by = 0;
  for (const auto& command : media_.commands) {
    if (const auto* stop = std::get_if<media::StopRecord>(&command)) ended_by = stop->digit;
  }
  EXPECT_EQ(ended_by, '*') << "its tone is cut from the file";
}

TEST_F(RecordTest, StartRecordingRunsBesideOtherVerbsAndASecondOneIsIgnored) {
  start_answered(
      "<Response><StartRecording recordingAvailableUrl=\"/available\" "
      "multiChannel=\"true\"/><StartRecording/>"
      "<Pause duration=\"1\"/><PauseRecording/><ResumeRecording/><StopRecording/><Pause duration=\"5\"/>"
      "</Response>");
  EXPECT_EQ(media_.count<media::Record>(), 1U);
  loop_.run_for(2s);
  EXPECT_EQ(media_.count<media::PauseRecord>(), 1U);
  EXPECT_EQ(media_.count<media::ResumeRecord>(), 1U);
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("recordingAvailable"));
  EXPECT_FALSE(ended());
}

TEST_F(RecordTest, TheVerbsAttributesReachTheMedia) {
  start_answered(
      "<Response><Record maxDuration=\"77\" silenceTimeout=\"2.5\" terminatingDigits=\"*7\" "
      "fileFormat=\"mp3\"/></Response>");
  const auto wanted = last_wanted();
  EXPECT_EQ(wanted.sides, media::RecordSides::received);
  EXPECT_EQ(wanted.duration_max, 77s);
  EXPECT_EQ(wanted.silence_timeout, 2'500ms);
  EXPECT_EQ(wanted.terminating_digits, "*7");
  EXPECT_EQ(wanted.format, media::FileFormat::mp3);
}

// A document of these and a Redirect to itself would fill the log.
TEST_F(RecordTest, ADocumentThatAsksForTranscriptionAThousandTimesIsNotedAFewTimes) {
  const auto repeated = [](const std::string& verbs) {
    std::string document = "<Response>";
    for (int i = 0; i < 200; ++i) document += verbs;
    return document + "<Pause duration=\"600\"/></Response>";
  };
  EXPECT_EQ(lines_of_log([&] { start_answered(repeated("<StartRecording transcribe=\"true\"/>").c_str()); }),
            1)
      << "a second one is ignored, and is not noted";
  EXPECT_EQ(lines_of_log([&] {
              call_->sender().post(
                  ReplaceDocument{repeated("<StopRecording/><StartRecording transcribe=\"true\"/>")});
              loop_.run_for(1ms);  // it takes turns with other calls
            }),
            49);
}

TEST_F(RecordTest, StartRecordingHearsBothSidesInOneChannelToo) {
  start_answered("<Response><StartRecording/><Pause duration=\"600\"/></Response>");
  EXPECT_EQ(last_wanted().sides, media::RecordSides::mixed);
}

TEST_F(RecordTest, AnotherDocumentEndsItWithoutCompleteAndKeepsTheFile) {
  start_answered(
      "<Response><Record maxDuration=\"600\" recordCompleteUrl=\"/saved\" "
      "recordingAvailableUrl=\"/available\"/></Response>");
  call_->sender().post(ReplaceDocument{"<Response><Pause duration=\"600\"/></Response>"});
  loop_.run_for(2s);
  EXPECT_EQ(media_.count<media::StopRecord>(), 1U);
  EXPECT_THAT(webhooks_.asked_types(), ElementsAre("initiate"));
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("recordingAvailable"));
  EXPECT_FALSE(ended());
}

TEST_F(RecordTest, AFileThatNeverClosesIsLeftToBeStoredLaterAfterHalfAMinute) {
  start_answered("<Response><Record recordingAvailableUrl=\"/available\"/></Response>");
  media_.recording.clear();  // the worker that writes it is stuck
  call_->sender().post(Redirect{.url = "http://app.example/other", .tag = "new"});
  loop_.run_ready();
  hang_up_by_peer();
  EXPECT_FALSE(ended());
  loop_.run_for(31s);
  EXPECT_TRUE(ended());
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("disconnect")) << "its sound may yet be stored";
  const auto& left = records_.recordings.back();
  EXPECT_EQ(left.status, "processing");
  EXPECT_TRUE(left.ended) << "the call has let it go";
  EXPECT_EQ(left.duration, Millis(0)) << "how long it is, nobody knows";
  EXPECT_EQ(left.notice->url, "http://app.example/available") << "kept until it is told";
  EXPECT_EQ(left.notice->tag, "new") << "as every event after the change";
}

TEST_F(RecordTest, WhatCannotBeStoredNowIsLeftAndWhatNeverCanIsAnError) {
  objects_.answer = fail(Code::busy, "too much work is waiting");
  start_answered(
      "<Response><Record recordingAvailableUrl=\"/available\"/><Record recordingAvailableUrl=\"/available\"/>"
      "</Response>");
  media_.close(media_.recording, media::RecordEnd::digit);
  loop_.run_ready();
  EXPECT_TRUE(webhooks_.told.empty());
  const auto left = records_.recordings.back();
  EXPECT_EQ(left.status, "processing");
  EXPECT_TRUE(left.ended);
  EXPECT_EQ(left.duration, Millis(1'500)) << "the file is whole";
  EXPECT_TRUE(left.notice);
  objects_.answer = fail(Code::not_found, "no staged file");
  media_.close(media_.recording, media::RecordEnd::digit);
  loop_.run_ready();
  EXPECT_THAT(webhooks_.told_types(), ElementsAre("disconnect", "recordingAvailable"));
  EXPECT_EQ(webhooks_.told_field(1, "status"), "error");
}

}  // namespace
}  // namespace portico::call
