#include "bxml/verbs/record.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Record, HasTheContractsDefaults) {
  const auto record = only<Record>("<Record/>");
  EXPECT_FALSE(record.complete.wanted());
  EXPECT_FALSE(record.available.wanted());
  EXPECT_FALSE(record.transcription_available.wanted());
  EXPECT_FALSE(record.transcribe);
  EXPECT_FALSE(record.detect_language);
  EXPECT_EQ(record.terminating_digits, "#");
  EXPECT_EQ(record.max_duration, 60s);
  EXPECT_EQ(record.silence_timeout, 0s);
  EXPECT_EQ(record.file_format, FileFormat::wav);
  EXPECT_FALSE(record.tag.has_value());
}

TEST(Record, ReadsEveryAttribute) {
  const auto record = only<Record>(
      "<Record recordCompleteUrl='c' recordCompleteMethod='GET' recordCompleteFallbackUrl='f' "
      "recordCompleteFallbackMethod='GET' recordingAvailableUrl='a' recordingAvailableMethod='GET' "
      "transcribe='true' "
      "detectLanguage='true' transcriptionAvailableUrl='t' transcriptionAvailableMethod='GET' username='u' "
      "password='p' "
      "fallbackUsername='fu' fallbackPassword='fp' tag='x' terminatingDigits='' maxDuration='10800' "
      "silenceTimeout='4' "
      "fileFormat='mp3'/>");
  EXPECT_EQ(record.complete.url, "https://app.example/hooks/c");
  EXPECT_EQ(record.complete.fallback_url, "https://app.example/hooks/f");
  EXPECT_EQ(record.complete.fallback_method, Method::get);
  EXPECT_EQ(record.complete.fallback_credentials, (Credentials{"fu", "fp"}));
  EXPECT_EQ(record.available.url, "https://app.example/hooks/a");
  EXPECT_EQ(record.transcription_available.url, "https://app.example/hooks/t");
  for (const Callback& callback : {record.complete, record.available, record.transcription_available}) {
    EXPECT_EQ(callback.method, Method::get);
    EXPECT_EQ(callback.credentials, (Credentials{"u", "p"}));
  }
  EXPECT_TRUE(record.transcribe);
  EXPECT_TRUE(record.detect_language);
  EXPECT_EQ(record.terminating_digits, "");
  EXPECT_EQ(record.max_duration, 3h);
  EXPECT_EQ(record.silence_timeout, 4s);
  EXPECT_EQ(record.file_format, FileFormat::mp3);
  EXPECT_EQ(record.tag, "x");
}

TEST(Record, ChecksEveryAttribute) {
  const std::string_view pattern = "<Record %/>";
  expect_callback(pattern, "recordComplete", true);
  expect_callback(pattern, "recordingAvailable", false);
  expect_callback(pattern, "transcriptionAvailable", false);
  expect_boolean(pattern, "transcribe");
  expect_boolean(pattern, "detectLanguage");
  for (const char* name : {"username", "password", "fallbackUsername", "fallbackPassword"})
    expect_secret(pattern, name);
  expect_tag(pattern);
  expect_values(pattern, "terminatingDigits", {"", "#*0"}, {"x"});
  expect_values(pattern, "maxDuration", {"1", "10800", "60.0"}, {"0", "0.5", "10801", "2.50", ""});
  expect_values(pattern, "silenceTimeout", {"0", "0.0", "2.50", "10800"}, {"-1", "10800.5", ""});
  expect_values(pattern, "fileFormat", {"wav", "mp3"}, {"", "WAV", "ogg"});
  expect_unknown_ignored(pattern);
  expect_no_content("Record");
}

TEST(Record, SendsCredentialsToHttpsOnly) {
  for (const std::string name : {"recordCompleteUrl", "recordingAvailableUrl", "transcriptionAvailableUrl"}) {
    const std::string url = name + "='http://x.example/'";
    EXPECT_EQ(reason_of("<Record " + url + "/>"), "valid");
    EXPECT_EQ(reason_of("<Record " + url + " fallbackUsername='u'/>"), "valid");
    EXPECT_EQ(reason_of("<Record username='u' " + url + "/>"),
              "<Record> " + name + " must be an https URL, for credentials are sent there");
    EXPECT_EQ(reason_of("<Record password='p' " + url + "/>"),
              "<Record> " + name + " must be an https URL, for credentials are sent there");
  }
  EXPECT_EQ(
      fault_of(response("<Record fallbackUsername='u' recordCompleteFallbackUrl='http://x.example/'/>")),
      "line 1, column 40: <Record> recordCompleteFallbackUrl must be an https URL, for credentials are sent "
      "there");
  EXPECT_EQ(reason_of("<Record username='u' recordCompleteFallbackUrl='http://x.example/'/>"), "valid");
}

TEST(Record, CountsARelativeUrlByTheDocumentsOwn) {
  const std::string text = response("<Record username='u' recordCompleteUrl='/r'/>");
  EXPECT_TRUE(parse(text, {DocumentKind::call, "https://x.example/", false}));
  EXPECT_FALSE(parse(text, {DocumentKind::call, "http://x.example/", false}));
}

}  // namespace
}  // namespace portico::bxml
