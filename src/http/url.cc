#include "http/url.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <optional>

#include "base/limits.h"
#include "base/url_text.h"
#include "http/headers.h"

namespace portico::http {
namespace {

constexpr bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (escape) {
      out.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
      i += 2;
    } else {
      out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

void append_encoded(std::string& out, std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
  }
}

std::optional<std::uint16_t> parse_port(std::string_view digits, std::uint16_t otherwise) {
  if (digits.empty()) return otherwise;
  unsigned port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port == 0 || port > 65'535)
    return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

}  // namespace

std::string percent_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  append_encoded(out, text);
  return out;
}

std::string percent_decode(std::string_view text) { return decode(text, false); }

NamedValues parse_query(std::string_view query) {
  NamedValues values;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = equals < pair.size() ? pair.substr(equals + 1) : std::string_view();
    values.emplace_back(decode(pair.substr(0, equals), true), decode(value, true));
  }
  return values;
}

std::string write_query(const NamedValues& values) {
  std::string out;
  for (const auto& [name, value] : values) {
    if (!out.empty()) out.push_back('&');
    append_encoded(out, name);
    out.push_back('=');
    append_encoded(out, value);
  }
  return out;
}

std::string add_query(std::string url, const NamedValues& values) {
  if (const auto fragment = url.find('#'); fragment != std::string::npos) url.resize(fragment);
  if (values.empty()) return url;
  const auto mark = url.find('?');
  if (mark == std::string::npos) {
    url.push_back('?');
  } else if (mark + 1 != url.size() && url.back() != '&') {
    url.push_back('&');
  }
  return url + write_query(values);
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > limits::kUrlBytesMax) return fail(Code::too_large, "the URL is longer than 2048 bytes");
  const UrlText source(text);
  const auto parsed = boost::urls::parse_uri(source.parsable());
  if (!parsed) return fail(Code::invalid, "not an absolute URL");
  const boost::urls::url_view& view = *parsed;
  Url url;
  url.scheme = view.scheme();
  std::transform(url.scheme.begin(), url.scheme.end(), url.scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (url.scheme != "http" && url.scheme != "https")
    return fail(Code::invalid, "only http and https are allowed");
  if (view.has_userinfo()) return fail(Code::invalid, "a URL must not hold a user name");
  const auto host = view.encoded_host_address();
  url.host = percent_decode(source.original({host.data(), host.size()}));
  if (url.host.empty()) return fail(Code::invalid, "the URL has no host");
  std::transform(url.host.begin(), url.host.end(), url.host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto port = parse_port(view.port(), url.scheme == "https" ? 443 : 80);
  if (!port) return fail(Code::invalid, "the URL's port must be from 1 to 65535");
  url.port = *port;
  url.path = std::string(view.encoded_path());
  if (url.path.empty()) url.path = "/";
  // Boost 1.81 takes for a path what follows the digits of a port.
  if (url.path.front() != '/') return fail(Code::invalid, "not an absolute URL");
  if (view.has_query()) url.path += "?" + std::string(view.encoded_query());
  return url;
}

bool is_host_field(std::string_view text) {
  const auto source = UrlText::of_authority(text);
  const auto authority = boost::urls::parse_authority(source.parsable());
  return authority && !authority->has_userinfo();
}

std::string without_userinfo(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::string(url);
  const auto start = scheme + 3;
  const auto end = std::min(url.find_first_of("/?#", start), url.size());
  const auto at = url.substr(start, end - start).rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, start)) + std::string(url.substr(start + at + 1));
}

std::string name_of_url(std::string_view url) {
  const auto end = url.find_first_of("?#");
  return without_userinfo(url.substr(0, end)) + (end == std::string_view::npos ? "" : "?...");
}

}  // namespace portico::http
