#include "sip/message/params.h"

#include "sip/message/chars.h"

namespace portico::sip {
namespace {

// Length up to the next ';' outside quotes.
std::size_t element_length(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ';') return i;
    if (text[i] != '"') continue;
    const auto quoted = quoted_length(text.substr(i));
    if (quoted == 0) return text.size();
    i += quoted - 1;
  }
  return text.size();
}

// gen-value = token / host / quoted-string. Peers put more into tokens than they may; what cannot end a
// parameter or a field is let through, as RFC 4475 shows with "branch=z9hG4bK209%fzsnel234".
bool fit_param_value(std::string_view value) {
  if (value.empty()) return false;
  if (value.front() == '"') return quoted_length(value) == value.size();
  for (const char c : value) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == ',' || c == '<' || c == '>') return false;
  }
  return true;
}

}  // namespace

std::optional<Param> Params::next(std::string_view& rest) {
  while (!rest.empty() && (is_blank(rest.front()) || rest.front() == ';')) rest.remove_prefix(1);
  if (rest.empty()) return std::nullopt;
  const auto length = element_length(rest);
  const auto element = rest.substr(0, length);
  rest.remove_prefix(length);
  const auto equals = element.find('=');
  if (equals == std::string_view::npos) return Param{.name = trim(element), .value = {}, .has_value = false};
  return Param{
      .name = trim(element.substr(0, equals)), .value = trim(element.substr(equals + 1)), .has_value = true};
}

std::optional<std::string_view> Params::find(std::string_view name) const {
  auto rest = raw_;
  while (const auto param = next(rest)) {
    if (equal_nocase(param->name, name)) return param->value;
  }
  return std::nullopt;
}

bool well_formed_params(std::string_view raw) {
  while (true) {
    const auto length = element_length(raw);
    const auto element = raw.substr(0, length);
    const auto equals = element.find('=');
    if (!is_token(trim(element.substr(0, equals)))) return false;
    if (equals != std::string_view::npos && !fit_param_value(trim(element.substr(equals + 1)))) return false;
    if (length == raw.size()) return true;
    raw.remove_prefix(length + 1);
  }
}

}  // namespace portico::sip
