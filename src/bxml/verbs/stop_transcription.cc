#include "bxml/verbs/stop_transcription.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr std::size_t kNameCharactersMax = 256;

constexpr AttributeRow<StopTranscription> kAttributes[] = {
    {"name", bounded<&StopTranscription::name, 1, kNameCharactersMax>},
};

}  // namespace

void read(const Element& element, Reading& reading, StopTranscription& out) {
  read_attributes(element, reading, kAttributes, out);
  expect_empty(element, reading);
}

}  // namespace portico::bxml
