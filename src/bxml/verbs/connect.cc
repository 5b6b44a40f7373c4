#include "bxml/verbs/connect.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr std::string_view kEndpoint = "Endpoint";

std::string read_endpoint(const Element& element, Reading& reading) {
  for (const Attribute& attribute : element.attributes) warn_unknown(element, attribute, reading);
  const auto text = required_text(element, reading);
  return text ? std::string(text->text()) : "";
}

constexpr AttributeRow<Connect> kAttributes[] = {
    {"eventCallbackUrl", url<&Connect::events>},
    {"eventFallbackUrl", fallback_url<&Connect::events>},
};

}  // namespace

void read(const Element& element, Reading& reading, Connect& out) {
  read_attributes(element, reading, kAttributes, out);
  bool found = false;
  for (const Element* child : children_of(element, reading)) {
    if (child->name != kEndpoint) {
      refuse_child(*child, element, reading);
    } else if (found) {
      reading.refuse({child->at, child->name, "is one too many, <Connect> takes exactly 1"});
    } else {
      found = true;
      out.endpoint_id = read_endpoint(*child, reading);
    }
  }
  if (!found) reading.refuse({element.at, element.name, "needs one <Endpoint>"});
}

}  // namespace portico::bxml
