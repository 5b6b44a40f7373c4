#include "bxml/verbs/start_recording.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(StartRecording, HasTheContractsDefaults) {
  const auto recording = only<StartRecording>("<StartRecording/>");
  EXPECT_FALSE(recording.available.wanted());
  EXPECT_FALSE(recording.transcribe);
  EXPECT_FALSE(recording.detect_language);
  EXPECT_FALSE(recording.transcription_available.wanted());
  EXPECT_FALSE(recording.tag.has_value());
  EXPECT_EQ(recording.file_format, FileFormat::wav);
  EXPECT_FALSE(recording.multi_channel);
}

TEST(StartRecording, ReadsEveryAttribute) {
  const auto recording = only<StartRecording>(
      "<StartRecording recordingAvailableUrl='a' recordingAvailableMethod='GET' transcribe='1' "
      "detectLanguage='1' "
      "transcriptionAvailableUrl='t' transcriptionAvailableMethod='GET' username='u' password='p' tag='x' "
      "fileFormat='mp3' "
      "multiChannel='true'/>");
  EXPECT_EQ(recording.available.url, "https://app.example/hooks/a");
  EXPECT_EQ(recording.transcription_available.url, "https://app.example/hooks/t");
  for (const Callback& callback : {recording.available, recording.transcription_available}) {
    EXPECT_EQ(callback.method, Method::get);
    EXPECT_EQ(callback.credentials, (Credentials{"u", "p"}));
  }
  EXPECT_TRUE(recording.transcribe);
  EXPECT_TRUE(recording.detect_language);
  EXPECT_EQ(recording.tag, "x");
  EXPECT_EQ(recording.file_format, FileFormat::mp3);
  EXPECT_TRUE(recording.multi_channel);
}

TEST(StartRecording, ChecksEveryAttribute) {
  const std::string_view pattern = "<StartRecording %/>";
  expect_callback(pattern, "recordingAvailable", false);
  expect_callback(pattern, "transcriptionAvailable", false);
  for (const char* name : {"transcribe", "detectLanguage", "multiChannel"}) expect_boolean(pattern, name);
  expect_secret(pattern, "username");
  expect_secret(pattern, "password");
  expect_tag(pattern);
  expect_values(pattern, "fileFormat", {"wav", "mp3"}, {"flac", ""});
  expect_unknown_ignored(pattern);
  expect_no_content("StartRecording");
  EXPECT_EQ(
      reason_of("<StartRecording username='u' transcriptionAvailableUrl='http://x.example/'/>"),
      "<StartRecording> transcriptionAvailableUrl must be an https URL, for credentials are sent there");
}

}  // namespace
}  // namespace portico::bxml
