#include "bxml/read/attributes.h"

#include "bxml/url.h"

namespace portico::bxml {

void warn_unknown(const Element& element, const Attribute& attribute, Reading& reading) {
  reading.warn(
      {attribute.at, element.name, "has no attribute " + quoted(attribute.name) + ", it is ignored"});
}

void require(const Element& element, std::string_view attribute, Reading& reading) {
  const Attribute* found = element.find(attribute);
  if (found == nullptr) {
    reading.refuse({element.at, element.name, "needs the attribute " + std::string(attribute)});
  } else if (is_blank(found->value)) {
    reading.refuse({found->at, element.name, std::string(attribute) + " must not be empty"});
  }
}

void require_https(const Element& element, const Credentials& credentials,
                   std::initializer_list<SentTo> targets, Reading& reading) {
  if (!credentials.given()) return;
  for (const SentTo& target : targets) {
    const Attribute* attribute = element.find(target.attribute);
    if (attribute == nullptr || target.url.empty() || is_https(target.url)) continue;
    reading.refuse({attribute->at, element.name,
                    std::string(target.attribute) + " must be an https URL, for credentials are sent there"});
  }
}

}  // namespace portico::bxml
