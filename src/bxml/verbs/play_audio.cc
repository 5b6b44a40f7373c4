#include "bxml/verbs/play_audio.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr AttributeRow<PlayAudio> kAttributes[] = {
    {"username", [](PlayAudio& verb, const Value& value) { value.secret(verb.credentials.username); }},
    {"password", [](PlayAudio& verb, const Value& value) { value.secret(verb.credentials.password); }},
};

}  // namespace

void read(const Element& element, Reading& reading, PlayAudio& out) {
  read_attributes(element, reading, kAttributes, out);
  if (const auto text = required_text(element, reading)) text->url(out.url);
}

}  // namespace portico::bxml
