#include "bxml/verbs/pause.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr AttributeRow<Pause> kAttributes[] = {
    {"duration", seconds<&Pause::duration, 100, 86'400'000>},
};

}  // namespace

void read(const Element& element, Reading& reading, Pause& out) {
  read_attributes(element, reading, kAttributes, out);
  expect_empty(element, reading);
}

}  // namespace portico::bxml
