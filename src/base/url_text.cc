#include "base/url_text.h"

namespace portico {
namespace {

constexpr std::string_view kBehindAuthority = "/?#";

// RFC 3986 section 3: behind "//", before which nothing but a scheme may stand.
std::string_view authority_of(std::string_view text) {
  const auto mark = text.find_first_of(":/?#");
  if (mark != std::string_view::npos && text[mark] == ':') text.remove_prefix(mark + 1);
  if (!text.starts_with("//")) return {};
  text.remove_prefix(2);
  return text.substr(0, text.find_first_of(kBehindAuthority));
}

std::string_view host_of(std::string_view authority) {
  const auto host = authority.substr(authority.rfind('@') + 1);  // npos + 1 is 0
  return host.substr(0, host.find(':'));
}

bool is_name_with_digits_first(std::string_view host) {
  return !host.empty() && host.front() >= '0' && host.front() <= '9' &&
         host.find_first_not_of("0123456789.") != std::string_view::npos;
}

}  // namespace

UrlText::UrlText(std::string_view text) : UrlText(text, authority_of(text)) {}

UrlText UrlText::of_authority(std::string_view text) {
  return {text, text.substr(0, text.find_first_of(kBehindAuthority))};
}

UrlText::UrlText(std::string_view text, std::string_view authority) : text_(text) {
  const auto host = host_of(authority);
  if (!is_name_with_digits_first(host)) return;
  copy_ = text;
  copy_[static_cast<std::size_t>(host.data() - text.data())] = 'a';
}

std::string_view UrlText::original(std::string_view part) const {
  if (copy_.empty() || part.empty()) return part;
  return text_.substr(static_cast<std::size_t>(part.data() - copy_.data()), part.size());
}

}  // namespace portico
