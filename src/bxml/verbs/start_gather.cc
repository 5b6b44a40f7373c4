#include "bxml/verbs/start_gather.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr AttributeRow<StartGather> kAttributes[] = {
    {"dtmfUrl", url<&StartGather::dtmf>},
    {"dtmfMethod", method<&StartGather::dtmf>},
    {"username", username<&StartGather::dtmf>},
    {"password", password<&StartGather::dtmf>},
    {"tag", tag<&StartGather::tag>},
};

}  // namespace

void read(const Element& element, Reading& reading, StartGather& out) {
  read_attributes(element, reading, kAttributes, out);
  require(element, "dtmfUrl", reading);
  expect_empty(element, reading);
}

}  // namespace portico::bxml
