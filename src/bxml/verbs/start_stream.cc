#include "bxml/verbs/start_stream.h"

#include "bxml/read/attributes.h"
#include "bxml/read/params.h"

namespace portico::bxml {
namespace {

constexpr std::size_t kNameCharactersMax = 256;
constexpr std::array<std::pair<std::string_view, StreamMode>, 2> kModes{
    {{"unidirectional", StreamMode::unidirectional}, {"bidirectional", StreamMode::bidirectional}}};

constexpr AttributeRow<StartStream> kAttributes[] = {
    {"name", bounded<&StartStream::name, 1, kNameCharactersMax>},
    {"mode", [](StartStream& verb, const Value& value) { value.one_of(kModes, verb.mode); }},
    {"tracks", tracks<&StartStream::tracks>},
    {"destination", websocket<&StartStream::destination>},
    {"destinationUsername",
     [](StartStream& verb, const Value& value) { value.secret(verb.destination_credentials.username); }},
    {"destinationPassword",
     [](StartStream& verb, const Value& value) { value.secret(verb.destination_credentials.password); }},
    {"streamEventUrl", url<&StartStream::events>},
    {"streamEventMethod", method<&StartStream::events>},
    {"username", username<&StartStream::events>},
    {"password", password<&StartStream::events>},
};

}  // namespace

void read(const Element& element, Reading& reading, StartStream& out) {
  read_attributes(element, reading, kAttributes, out);
  if (element.find("destination") == nullptr) require(element, "destination", reading);
  require_https(element, out.events.credentials, {{"streamEventUrl", out.events.url}}, reading);
  out.params = read_params(element, "StreamParam", reading);
}

}  // namespace portico::bxml
