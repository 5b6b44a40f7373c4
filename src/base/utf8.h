#pragma once
// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.

#include <cstddef>
#include <string>
#include <string_view>

namespace portico {

// Offset of the first byte that does not belong to a well-formed character; text.size() when there is none.
std::size_t first_bad_utf8(std::string_view text);

// What strangers send, as JSON and logs can carry it: each byte of no character becomes U+FFFD.
std::string mend_utf8(std::string_view text);

// Characters of a text that is well-formed: what the contract counts.
std::size_t count_characters(std::string_view text);

// The longest prefix of at most `characters` characters.
std::string_view first_characters(std::string_view text, std::size_t characters);

// The longest prefix of at most `bytes` bytes that ends between two characters.
std::string_view first_bytes(std::string_view text, std::size_t bytes);

}  // namespace portico
