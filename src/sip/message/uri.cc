#include "sip/message/uri.h"

#include <algorithm>

#include "base/limits.h"
#include "sip/message/chars.h"

namespace portico::sip {
namespace {

// Nothing else than this class, `more`, and whole escapes.
bool made_of(std::string_view text, std::uint8_t bits, std::string_view more) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_class(text[i], bits)) continue;
    if (text[i] == '%' && i + 2 < text.size() && is_class(text[i + 1], kHex) && is_class(text[i + 2], kHex)) {
      i += 2;
    } else if (more.find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

// Few enough that comparing each with each stays cheap.
bool few(std::string_view text, char separator) {
  return static_cast<std::size_t>(std::ranges::count(text, separator)) < limits::kSipUriParamsMax;
}

bool well_formed_uri_params(std::string_view raw) {
  if (!few(raw, ';')) return false;
  while (true) {
    const auto semicolon = raw.find(';');
    const auto element = raw.substr(0, semicolon);
    const auto equals = element.find('=');
    const auto name = element.substr(0, equals);
    if (name.empty() || !made_of(name, kParamChar, "")) return false;
    // An empty value ("transport=") breaks the grammar and nothing else.
    if (equals != std::string_view::npos && !made_of(element.substr(equals + 1), kParamChar, ""))
      return false;
    if (semicolon == std::string_view::npos) return true;
    raw.remove_prefix(semicolon + 1);
  }
}

bool well_formed_scheme(std::string_view text) {
  for (const char c : text) {
    if (!(is_class(c, kHostChar) && c != '_') && c != '+') return false;
  }
  return !text.empty() && !is_class(text.front(), kDigit) && text.front() != '-' && text.front() != '.';
}

Scheme find_scheme(std::string_view text) {
  if (equal_nocase(text, "sip")) return Scheme::sip;
  if (equal_nocase(text, "sips")) return Scheme::sips;
  if (equal_nocase(text, "tel")) return Scheme::tel;
  return Scheme::other;
}

Result<Uri> parse_tel(Uri uri, std::string_view rest) {
  const auto semicolon = rest.find(';');
  uri.user = rest.substr(0, semicolon);
  bool digit = false;
  for (std::size_t i = 0; i < uri.user.size(); ++i) {
    const char c = uri.user[i];
    const bool phone = is_class(c, kHex) || c == '*' || c == '#';
    digit = digit || phone;
    if (!phone && !(c == '+' && i == 0) && std::string_view("-.()").find(c) == std::string_view::npos) {
      return fail(Code::invalid, "telephone number holds a character that none has");
    }
  }
  if (!digit) return fail(Code::invalid, "telephone number is missing");
  if (semicolon == std::string_view::npos) return uri;
  const auto params = rest.substr(semicolon + 1);
  if (!well_formed_uri_params(params)) return fail(Code::invalid, "URI parameters are malformed");
  uri.params = Params(params);
  return uri;
}

bool parse_userinfo(Uri& uri, std::string_view info) {
  const auto colon = info.find(':');
  uri.user = info.substr(0, colon);
  // '#' has to be escaped, and phones that dial "*21#" do not do it.
  if (uri.user.empty() || !made_of(uri.user, kUserChar, "#")) return false;
  if (colon == std::string_view::npos) return true;
  uri.password = info.substr(colon + 1);
  return made_of(*uri.password, kUserChar, "");
}

Result<Uri> parse_sip(Uri uri, std::string_view rest) {
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    if (!parse_userinfo(uri, rest.substr(0, at)))
      return fail(Code::invalid, "user part of the URI is malformed");
    rest.remove_prefix(at + 1);
  }
  const auto host_end = rest.find_first_of(";?");
  auto host_text = rest.substr(0, host_end);
  auto host_port = parse_host_port(host_text);
  if (!host_port) return fail(std::move(host_port).error());
  if (host_text.find_first_of(" \t") != std::string_view::npos)
    return fail(Code::invalid, "blank inside a URI");
  uri.host = host_port->host;
  uri.port = host_port->port;
  if (host_end == std::string_view::npos) return uri;
  rest.remove_prefix(host_end);
  const auto question = rest.find('?');
  if (question != std::string_view::npos) {
    uri.headers = rest.substr(question + 1);
    if (uri.headers.empty() || !few(uri.headers, '&') || !made_of(uri.headers, kUriHeaderChar, "=&")) {
      return fail(Code::invalid, "URI headers are malformed");
    }
  }
  if (rest.front() == ';') {
    const auto params = rest.substr(1, question == std::string_view::npos ? question : question - 1);
    if (!well_formed_uri_params(params)) return fail(Code::invalid, "URI parameters are malformed");
    uri.params = Params(params);
  }
  return uri;
}

}  // namespace

Result<Uri> parse_uri(std::string_view text) {
  const auto colon = text.find(':');
  Uri uri;
  uri.scheme_text = text.substr(0, colon);
  if (colon == std::string_view::npos || !well_formed_scheme(uri.scheme_text)) {
    return fail(Code::invalid, "URI has no scheme");
  }
  uri.scheme = find_scheme(uri.scheme_text);
  const auto rest = text.substr(colon + 1);
  if (uri.is_sip()) return parse_sip(uri, rest);
  if (uri.scheme == Scheme::tel) return parse_tel(uri, rest);
  for (const char c : rest) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || c == '<' || c == '>' || c == '"' || byte >= 0x7F)
      return fail(Code::invalid, "URI is malformed");
  }
  if (rest.empty()) return fail(Code::invalid, "URI is empty");
  uri.user = rest;
  return uri;
}

std::string to_string(const Uri& uri) {
  std::string out(uri.scheme == Scheme::sip    ? "sip"
                  : uri.scheme == Scheme::sips ? "sips"
                  : uri.scheme == Scheme::tel  ? "tel"
                                               : uri.scheme_text);
  out += ':';
  out += uri.user;
  if (uri.is_sip()) {
    if (uri.password) out.append(":").append(*uri.password);
    if (!uri.user.empty()) out += '@';
    out += uri.host;
    if (uri.port != 0) out.append(":").append(std::to_string(uri.port));
  }
  if (!uri.params.empty()) out.append(";").append(uri.params.raw());
  if (!uri.headers.empty()) out.append("?").append(uri.headers);
  return out;
}

}  // namespace portico::sip
