#pragma once
// What is wrong with a document, and where (contract bxml.md section 1.1). report.h turns it into a sentence.

#include <string>

#include "bxml/position.h"

namespace portico::bxml {

struct Fault {
  Position at;  // the attribute's name, the element's '<', the text's first character, or the offending byte
  std::string element;  // name without brackets, its first 64 characters; empty: the fault lies outside of
                        // every element
  std::string reason;   // "maxDigits must be 1..50, but was 99"; never holds a password

  friend bool operator==(const Fault&, const Fault&) = default;
};

}  // namespace portico::bxml
