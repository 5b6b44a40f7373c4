#pragma once
// Counting in characters, as the contract does. first_bad_utf8() says whether there are any.

#include <cstddef>
#include <string_view>

#include "base/utf8.h"

namespace portico::bxml {

// Characters of a text that is well-formed.
std::size_t count_characters(std::string_view text);

// The longest prefix of at most `characters` characters.
std::string_view first_characters(std::string_view text, std::size_t characters);

}  // namespace portico::bxml
