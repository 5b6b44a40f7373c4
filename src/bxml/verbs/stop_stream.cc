#include "bxml/verbs/stop_stream.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr std::size_t kNameCharactersMax = 256;

constexpr AttributeRow<StopStream> kAttributes[] = {
    {"name", bounded<&StopStream::name, 0, kNameCharactersMax>},
    {"wait", boolean<&StopStream::wait>},
};

}  // namespace

void read(const Element& element, Reading& reading, StopStream& out) {
  read_attributes(element, reading, kAttributes, out);
  require(element, "name", reading);
  expect_empty(element, reading);
}

}  // namespace portico::bxml
