#include "bxml/url.h"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/scheme.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <string>

#include "base/limits.h"
#include "base/url_text.h"

namespace portico::bxml {
namespace {

namespace urls = boost::urls;

std::string_view view(urls::string_view text) { return {text.data(), text.size()}; }

// What Boost has read, and the text of which it was made.
struct Reference {
  const UrlText& text;
  const urls::url_view& url;
};

// RFC 3986 section 5.2.4. Boost 1.81 keeps ".." above the root and turns %2F into a separator, hence our own.
std::string remove_dot_segments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/', 1));  // with its leading '/', if any
    const bool last = segment.size() == path.size();
    path.remove_prefix(segment.size());
    if (segment == "/." || segment == "/..") {
      if (segment == "/..") out.erase(std::min(out.rfind('/'), out.size()));
      if (last) out += '/';
    } else {
      out += segment;
    }
  }
  return out;
}

// RFC 3986 section 5.2.3; the base has an authority.
std::string merge(std::string_view base_path, std::string_view path) {
  if (base_path.empty()) return "/" + std::string(path);
  return std::string(base_path.substr(0, base_path.rfind('/') + 1)) + std::string(path);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return out;
}

std::string with_query(std::string path, const urls::url_view& url) {
  if (url.has_query()) path += "?" + std::string(view(url.encoded_query()));
  return path;
}

std::string root_of(const urls::url_view& scheme_of, const Reference& authority_of) {
  const auto authority = authority_of.text.original(view(authority_of.url.encoded_authority()));
  return lower(view(scheme_of.scheme())) + "://" + std::string(authority);
}

// RFC 3986 section 5.2.2.
std::string transform(const Reference& from, const Reference& to) {
  const urls::url_view& base = from.url;
  const urls::url_view& ref = to.url;
  const std::string path(view(ref.encoded_path()));
  std::string out;
  if (ref.has_scheme()) {
    out = root_of(ref, to) + with_query(remove_dot_segments(path), ref);
  } else if (ref.has_authority()) {
    out = root_of(base, to) + with_query(remove_dot_segments(path), ref);
  } else if (path.empty()) {
    out = root_of(base, from) +
          with_query(std::string(view(base.encoded_path())), ref.has_query() ? ref : base);
  } else if (path.starts_with('/')) {
    out = root_of(base, from) + with_query(remove_dot_segments(path), ref);
  } else {
    out = root_of(base, from) + with_query(remove_dot_segments(merge(view(base.encoded_path()), path)), ref);
  }
  if (ref.has_fragment()) out += "#" + std::string(view(ref.encoded_fragment()));
  return out;
}

// Boost 1.81 reads a port above 65535 as some other number.
bool is_port(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= 65'535;
}

bool has_host(const urls::url_view& url) {
  const bool port_fits = !url.has_port() || url.port().empty() || is_port(view(url.port()));
  // It also takes "http://x:port/" for an empty port and the path "port/".
  const std::string_view path = view(url.encoded_path());
  const bool path_fits = path.empty() || path.starts_with('/');
  return url.has_authority() && !url.encoded_host().empty() && port_fits && path_fits;
}

Unexpected too_long() {
  return fail(Code::too_large,
              "must be at most " + std::to_string(limits::kUrlBytesMax) + " characters long");
}

bool is_http(const urls::url_view& url) {
  return url.scheme_id() == urls::scheme::http || url.scheme_id() == urls::scheme::https;
}

}  // namespace

Result<std::string> resolve(std::string_view base_url, std::string_view ref) {
  if (ref.size() > limits::kUrlBytesMax) return too_long();
  const UrlText text(ref);
  const UrlText base_text(base_url);
  const auto parsed = urls::parse_uri_reference(text.parsable());
  if (!parsed) return fail(Code::invalid, "must be a URL");
  urls::url_view base;
  if (!parsed->has_scheme()) {
    if (base_url.empty())
      return fail(Code::invalid, "must be absolute, for there is no URL to resolve it against");
    const auto parsed_base = urls::parse_uri(base_text.parsable());
    if (!parsed_base || !is_http(*parsed_base) || !has_host(*parsed_base)) {
      return fail(Code::invalid, "must be absolute, for the document came from no usable URL");
    }
    base = *parsed_base;
  } else if (!is_http(*parsed)) {
    return fail(Code::invalid, "must be an http or https URL");
  }
  const bool own_host = parsed->has_scheme() || parsed->has_authority();
  if (own_host && !has_host(*parsed))
    return fail(Code::invalid, "must be a URL with a host and, if any, a port of 1..65535");
  std::string resolved = transform({base_text, base}, {text, *parsed});
  if (resolved.size() > limits::kUrlBytesMax) return too_long();
  return resolved;
}

Result<std::string> websocket_uri(std::string_view text) {
  if (text.size() > limits::kUrlBytesMax) return too_long();
  const UrlText uri(text);
  const auto parsed = urls::parse_uri(uri.parsable());
  const bool websocket =
      parsed && (parsed->scheme_id() == urls::scheme::ws || parsed->scheme_id() == urls::scheme::wss);
  if (!websocket || !has_host(*parsed) || parsed->has_fragment()) {
    return fail(Code::invalid, "must be an absolute ws:// or wss:// URI without a fragment");
  }
  return std::string(text);
}

bool is_https(std::string_view absolute_url) { return lower(absolute_url.substr(0, 8)) == "https://"; }

}  // namespace portico::bxml
