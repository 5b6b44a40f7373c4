#include "bxml/verbs/start_transcription.h"

#include "bxml/read/attributes.h"
#include "bxml/read/params.h"

namespace portico::bxml {
namespace {

constexpr std::size_t kNameCharactersMax = 128;
constexpr std::string_view kNameCharacters =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";

void name(StartTranscription& verb, const Value& value) {
  if (value.text().find_first_not_of(kNameCharacters) != std::string_view::npos) {
    return value.refuse("must consist of letters, digits, _ and -");
  }
  value.bounded(1, kNameCharactersMax, verb.name);
}

constexpr AttributeRow<StartTranscription> kAttributes[] = {
    {"name", name},
    {"tracks", tracks<&StartTranscription::tracks>},
    {"transcriptionEventUrl", url<&StartTranscription::events>},
    {"transcriptionEventMethod", method<&StartTranscription::events>},
    {"username", username<&StartTranscription::events>},
    {"password", password<&StartTranscription::events>},
    {"destination", websocket<&StartTranscription::destination>},
    {"stabilized", boolean<&StartTranscription::stabilized>},
};

}  // namespace

void read(const Element& element, Reading& reading, StartTranscription& out) {
  read_attributes(element, reading, kAttributes, out);
  require_https(element, out.events.credentials, {{"transcriptionEventUrl", out.events.url}}, reading);
  out.params = read_params(element, "CustomParam", reading);
}

}  // namespace portico::bxml
