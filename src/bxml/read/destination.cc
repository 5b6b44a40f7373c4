#include "bxml/read/destination.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/address.h"
#include "base/limits.h"

namespace portico::bxml {
namespace {

constexpr std::string_view kMark = "-_.!~*'()";
constexpr std::string_view kInUser = "&=+$,;?/";  // user-unreserved
constexpr std::string_view kInPassword = "&=+$,";
constexpr std::string_view kInTail = "[]/:&+$=;?";  // param-unreserved, hnv-unreserved and the separators

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_alphanumeric(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// unreserved, escaped, or one of `more`.
bool consists_of(std::string_view text, std::string_view more) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_alphanumeric(c) || kMark.find(c) != std::string_view::npos ||
        more.find(c) != std::string_view::npos)
      continue;
    if (c != '%' || i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
    i += 2;
  }
  return true;
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return false;
    const auto address = parse_ip(host.substr(1, host.size() - 2));
    return address && !address->is_v4();
  }
  const bool characters =
      std::ranges::all_of(host, [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
  return !host.empty() && characters && is_alphanumeric(host.front()) &&
         host.find("..") == std::string_view::npos;
}

bool is_port(std::string_view port) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return error == std::errc() && end == port.data() + port.size() && number >= 1 && number <= 65'535;
}

bool is_user_info(std::string_view text) {
  const auto colon = std::min(text.find(':'), text.size());
  return colon > 0 && consists_of(text.substr(0, colon), kInUser) &&
         consists_of(text.substr(std::min(colon + 1, text.size())), kInPassword);
}

bool is_host_port(std::string_view text) {
  const auto bracket = text.rfind(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return is_host(text);
  return is_host(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

bool starts_with_word(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b | 0x20) : b);
         });
}

}  // namespace

bool is_phone_number(std::string_view text) {
  return text.size() >= 3 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         std::ranges::all_of(text.substr(1), is_digit);
}

bool is_sip_uri(std::string_view text) {
  if (text.size() > limits::kUrlBytesMax) return false;
  if (starts_with_word(text, "sips:")) {
    text.remove_prefix(5);
  } else if (starts_with_word(text, "sip:")) {
    text.remove_prefix(4);
  } else {
    return false;
  }
  const auto at = text.find('@');  // user and password may hold ';' and '?', parameters and headers no '@'
  if (at != std::string_view::npos) {
    if (!is_user_info(text.substr(0, at))) return false;
    text.remove_prefix(at + 1);
  }
  const auto tail = std::min(text.find_first_of(";?"), text.size());
  return is_host_port(text.substr(0, tail)) && consists_of(text.substr(tail), kInTail);
}

}  // namespace portico::bxml
