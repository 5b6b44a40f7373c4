#pragma once
// The verbs a document may hold (contract bxml.md sections 1.2 and 1.4).

#include <string_view>

#include "bxml/document.h"
#include "bxml/parse.h"
#include "bxml/read/reading.h"

namespace portico::bxml {

struct RootVerb {
  enum class Place : unsigned char {
    call,        // the A leg or a plain call only
    any_call,    // the called party of a transfer too
    everywhere,  // a conference too
  };
  std::string_view name;
  Place place;
  Verb (*read)(const Element& element, Reading& reading);
};

const RootVerb* find_root_verb(std::string_view name);  // nullptr: none of that name
bool may_stand_in(RootVerb::Place place, DocumentKind kind);

}  // namespace portico::bxml
