#include "bxml/verbs/record.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr int kSecondsMax = 10'800;

void max_duration(Record& verb, const Value& value) {
  int seconds_given = 60;
  value.whole(1, kSecondsMax, seconds_given);
  verb.max_duration = std::chrono::seconds(seconds_given);
}

constexpr AttributeRow<Record> kAttributes[] = {
    {"recordCompleteUrl", url<&Record::complete>},
    {"recordCompleteMethod", method<&Record::complete>},
    {"recordCompleteFallbackUrl", fallback_url<&Record::complete>},
    {"recordCompleteFallbackMethod", fallback_method<&Record::complete>},
    {"recordingAvailableUrl", url<&Record::available>},
    {"recordingAvailableMethod", method<&Record::available>},
    {"transcribe", boolean<&Record::transcribe>},
    {"detectLanguage", boolean<&Record::detect_language>},
    {"transcriptionAvailableUrl", url<&Record::transcription_available>},
    {"transcriptionAvailableMethod", method<&Record::transcription_available>},
    {"username", username<&Record::complete, &Record::available, &Record::transcription_available>},
    {"password", password<&Record::complete, &Record::available, &Record::transcription_available>},
    {"fallbackUsername", fallback_username<&Record::complete>},
    {"fallbackPassword", fallback_password<&Record::complete>},
    {"tag", tag<&Record::tag>},
    {"terminatingDigits", dtmf_set<&Record::terminating_digits>},
    {"maxDuration", max_duration},
    {"silenceTimeout", seconds<&Record::silence_timeout, 0, 10'800'000>},
    {"fileFormat", file_format<&Record::file_format>},
};

}  // namespace

void read(const Element& element, Reading& reading, Record& out) {
  read_attributes(element, reading, kAttributes, out);
  require_https(element, out.complete.credentials,
                {{"recordCompleteUrl", out.complete.url},
                 {"recordingAvailableUrl", out.available.url},
                 {"transcriptionAvailableUrl", out.transcription_available.url}},
                reading);
  require_https(element, out.complete.fallback_credentials,
                {{"recordCompleteFallbackUrl", out.complete.fallback_url}}, reading);
  expect_empty(element, reading);
}

}  // namespace portico::bxml
