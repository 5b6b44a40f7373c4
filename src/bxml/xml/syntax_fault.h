#pragma once
// What Expat refused, in words for the author of the document and at the very character.

#include <cstddef>
#include <string>
#include <string_view>

namespace portico::bxml {

struct SyntaxFault {
  std::size_t offset = 0;
  std::string reason;
};

// `expat_error` is an XML_Error, `offset` what Expat gives for it; `innermost` is the element open there, or
// empty.
SyntaxFault explain_syntax(int expat_error, std::string_view text, std::size_t offset,
                           std::string_view innermost);

}  // namespace portico::bxml
