#include "bxml/verbs/refer.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr std::string_view kSipUri = "SipUri";

void read_target(const Element& element, Reading& reading, Refer& out) {
  for (const Attribute& attribute : element.attributes) warn_unknown(element, attribute, reading);
  if (const auto text = required_text(element, reading)) text->sip_uri(out.to);
}

constexpr AttributeRow<Refer> kAttributes[] = {
    {"referCompleteUrl", url<&Refer::complete>},
    {"referCompleteMethod", method<&Refer::complete>},
    {"tag", tag<&Refer::tag>},
};

}  // namespace

void read(const Element& element, Reading& reading, Refer& out) {
  read_attributes(element, reading, kAttributes, out);
  bool found = false;
  for (const Element* child : children_of(element, reading)) {
    if (child->name != kSipUri) {
      refuse_child(*child, element, reading);
    } else if (found) {
      reading.refuse({child->at, child->name, "is one too many, <Refer> takes exactly 1"});
    } else {
      found = true;
      read_target(*child, reading, out);
    }
  }
  if (!found) reading.refuse({element.at, element.name, "needs one <SipUri>"});
}

}  // namespace portico::bxml
