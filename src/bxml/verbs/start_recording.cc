#include "bxml/verbs/start_recording.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr AttributeRow<StartRecording> kAttributes[] = {
    {"recordingAvailableUrl", url<&StartRecording::available>},
    {"recordingAvailableMethod", method<&StartRecording::available>},
    {"transcribe", boolean<&StartRecording::transcribe>},
    {"detectLanguage", boolean<&StartRecording::detect_language>},
    {"transcriptionAvailableUrl", url<&StartRecording::transcription_available>},
    {"transcriptionAvailableMethod", method<&StartRecording::transcription_available>},
    {"username", username<&StartRecording::available, &StartRecording::transcription_available>},
    {"password", password<&StartRecording::available, &StartRecording::transcription_available>},
    {"tag", tag<&StartRecording::tag>},
    {"fileFormat", file_format<&StartRecording::file_format>},
    {"multiChannel", boolean<&StartRecording::multi_channel>},
};

}  // namespace

void read(const Element& element, Reading& reading, StartRecording& out) {
  read_attributes(element, reading, kAttributes, out);
  require_https(element, out.available.credentials,
                {{"recordingAvailableUrl", out.available.url},
                 {"transcriptionAvailableUrl", out.transcription_available.url}},
                reading);
  expect_empty(element, reading);
}

}  // namespace portico::bxml
