#include "bxml/verbs/ring.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr AttributeRow<Ring> kAttributes[] = {
    {"duration", seconds<&Ring::duration, 100, 86'400'000>},
    {"answerCall", boolean<&Ring::answer_call>},
};

}  // namespace

void read(const Element& element, Reading& reading, Ring& out) {
  read_attributes(element, reading, kAttributes, out);
  expect_empty(element, reading);
}

}  // namespace portico::bxml
