#include "bxml/verbs/tag.h"

#include "base/limits.h"
#include "bxml/read/attributes.h"

namespace portico::bxml {
void read(const Element& element, Reading& reading, Tag& out) {
  out.at = element.at;
  for (const Attribute& attribute : element.attributes) warn_unknown(element, attribute, reading);
  if (const auto text = text_of(element, reading)) text->bounded(0, limits::kTagCharactersMax, out.tag);
}

}  // namespace portico::bxml
