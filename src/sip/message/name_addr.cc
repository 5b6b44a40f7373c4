// name-addr / addr-spec with parameters: RFC 3261 sections 20.10 and 25.1.

#include "sip/message/chars.h"
#include "sip/message/escape.h"
#include "sip/message/headers.h"

namespace portico::sip {
namespace {

Unexpected malformed(const char* what) { return fail(Code::invalid, what); }

// *(token LWS), and as little beyond it as cannot be mistaken for something else.
bool fit_display(std::string_view text) {
  for (const char c : text) {
    if (c == ',' || c == ';' || c == '"' || c == '<' || c == '>' || c == '\\') return false;
    if ((static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7F) return false;
  }
  return true;
}

bool parse_params(std::string_view rest, Params& out) {
  rest = trim(rest);
  if (rest.empty()) return true;
  if (rest.front() != ';' || !well_formed_params(rest.substr(1))) return false;
  out = Params(rest.substr(1));
  return true;
}

Result<NameAddr> with_uri(NameAddr out) {
  auto uri = parse_uri(out.uri_text);
  if (!uri) return fail(std::move(uri).error());
  out.uri = *uri;
  return out;
}

// addr-spec: what follows ';' belongs to the field (section 20.10), '?' would need angle brackets.
Result<NameAddr> parse_bare(std::string_view value) {
  NameAddr out;
  const auto semicolon = value.find(';');
  out.uri_text = trim(value.substr(0, semicolon));
  if (out.uri_text.find_first_of("?,") != std::string_view::npos) {
    return malformed("a URI with ',' or '?' needs angle brackets");
  }
  if (semicolon != std::string_view::npos && !parse_params(value.substr(semicolon), out.params)) {
    return malformed("address parameters are malformed");
  }
  return with_uri(out);
}

}  // namespace

Result<NameAddr> parse_name_addr(std::string_view value) {
  value = trim(value);
  NameAddr out;
  if (value == "*") {
    out.uri_text = value;
    return out;
  }
  std::size_t open = 0;
  if (value.starts_with('"')) {
    const auto quoted = quoted_length(value);
    if (quoted == 0) return malformed("display name is not closed");
    out.display = value.substr(1, quoted - 2);
    open = quoted;
    while (open < value.size() && is_blank(value[open])) ++open;
    if (open == value.size() || value[open] != '<') return malformed("'<' must follow a quoted display name");
  } else {
    // Behind a quote a '<' is in a parameter of a bare URI: +sip.instance="<urn:uuid:...>" (RFC 5626).
    open = value.substr(0, value.find('"')).find('<');
    if (open == std::string_view::npos) return parse_bare(value);
    out.display = trim(value.substr(0, open));
    if (!fit_display(out.display)) return malformed("display name needs quotes");
  }
  const auto close = value.find('>', open);
  if (close == std::string_view::npos) return malformed("'<' without '>'");
  out.uri_text = trim(value.substr(open + 1, close - open - 1));
  if (!parse_params(value.substr(close + 1), out.params))
    return malformed("address parameters are malformed");
  return with_uri(out);
}

std::string display_name(const NameAddr& address) {
  std::string out;
  out.reserve(address.display.size());
  for (std::size_t i = 0; i < address.display.size(); ++i) {
    if (address.display[i] == '\\' && i + 1 < address.display.size()) ++i;
    out += address.display[i];
  }
  return out;
}

Result<NameAddr> read_address(const Message& message, Header id) {
  const auto value = message.values(id).front();
  if (value.empty()) {
    return fail(message.has(id) ? Code::invalid : Code::not_found,
                std::string(header_name(id)).append(" is missing"));
  }
  return parse_name_addr(value);
}

namespace {

// From and To are no lists: a comma in them is part of the value, or a fault.
Result<NameAddr> read_single(const Message& message, Header id, std::optional<NameAddr>& kept) {
  if (kept) return *kept;
  if (!message.has(id)) return fail(Code::not_found, std::string(header_name(id)).append(" is missing"));
  auto address = parse_name_addr(message.value(id));
  if (address) kept = *address;
  return address;
}

}  // namespace

Result<NameAddr> read_from(const Message& message) {
  return read_single(message, Header::from, message.readings().from);
}
Result<NameAddr> read_to(const Message& message) {
  return read_single(message, Header::to, message.readings().to);
}

}  // namespace portico::sip
