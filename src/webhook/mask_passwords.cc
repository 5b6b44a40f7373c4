#include "webhook/mask_passwords.h"

#include <algorithm>

namespace portico::webhook {
namespace {

constexpr std::string_view kName = "password";
constexpr std::string_view kMask = "*****";
constexpr std::string_view kBlank = " \t\r\n";

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 0x20) : c; });
  return out;
}

// Where the value begins that follows an attribute's name; npos: nothing that is quoted follows.
std::size_t value_after(std::string_view document, std::size_t name_end) {
  auto at = document.find_first_not_of(kBlank, name_end);
  if (at == std::string_view::npos || document[at] != '=') return std::string_view::npos;
  at = document.find_first_not_of(kBlank, at + 1);
  if (at == std::string_view::npos || (document[at] != '"' && document[at] != '\''))
    return std::string_view::npos;
  return at + 1;
}

}  // namespace

std::string mask_passwords(std::string_view document) {
  const auto names = lower(document);
  std::string out;
  std::size_t copied = 0;
  for (auto at = names.find(kName); at != std::string::npos; at = names.find(kName, at)) {
    at += kName.size();
    const auto value = value_after(document, at);
    if (value == std::string_view::npos) continue;
    out.append(document.substr(copied, value - copied)).append(kMask);
    copied = at = std::min(document.find(document[value - 1], value), document.size());
  }
  return out.append(document.substr(copied));
}

}  // namespace portico::webhook
