#include "bxml/read/uui.h"

#include <algorithm>
#include <array>

#include "bxml/xml/element.h"

namespace portico::bxml {
namespace {

constexpr std::size_t kCharactersMax = 256;
constexpr std::string_view kAlphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

struct Encoding {
  std::string_view parameter;
  std::string_view letters;  // empty: alphanumeric
  std::string_view more;
};
constexpr std::array kEncodings{
    Encoding{";encoding=base64", "", "+/="},
    Encoding{";encoding=jwt", "", "-_.="},
    Encoding{";encoding=hex", "0123456789abcdefABCDEF", ""},
};

bool is_one_value(std::string_view text) {
  for (const Encoding& encoding : kEncodings) {
    if (!text.ends_with(encoding.parameter)) continue;
    const std::string_view value = text.substr(0, text.size() - encoding.parameter.size());
    const std::string_view letters = encoding.letters.empty() ? kAlphanumeric : encoding.letters;
    return !value.empty() && std::ranges::all_of(value, [&](char c) {
      return letters.find(c) != std::string_view::npos || encoding.more.find(c) != std::string_view::npos;
    });
  }
  return false;
}

}  // namespace

bool is_uui(std::string_view text) {
  if (text.size() > kCharactersMax) return false;
  for (;;) {
    const auto comma = text.find(',');
    if (!is_one_value(trim(text.substr(0, comma)))) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace portico::bxml
