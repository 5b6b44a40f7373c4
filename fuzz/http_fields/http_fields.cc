// room: http
// What clients and customers write into one line of HTTP: ranges, URLs, queries, Host fields. The first byte
// chooses.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "base/limits.h"
#include "http/range.h"
#include "http/url.h"

namespace {

using namespace portico;

void require(bool holds) {
  if (!holds) std::abort();
}

// Nothing that would end a request line or a header field.
bool fits_a_line(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F; });
}

void check_range(std::string_view text) {
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, UINT64_MAX}) {
    http::ByteRange range;
    const auto verdict = http::choose_range(text, size, range);
    if (verdict == http::RangeVerdict::unsatisfiable) continue;
    require(range.length <= size && range.first <= size - range.length);
    require(verdict == http::RangeVerdict::partial ? range.length > 0 : range.length == size);
  }
}

void check_url(std::string_view text) {
  const auto url = http::parse_url(text);
  if (!url) return;
  require(text.size() <= limits::kUrlBytesMax && fits_a_line(std::string(text)));
  require(!url->host.empty() && url->port != 0 && url->path.starts_with('/'));
  require(fits_a_line(url->path) && (url->scheme == "http" || url->scheme == "https"));
  require(std::none_of(url->host.begin(), url->host.end(), [](char c) { return c >= 'A' && c <= 'Z'; }));
  if (text.find('%') == text.npos) require(fits_a_line(url->host));
  require(http::without_userinfo(text) == text);
  const auto asked = http::add_query(std::string(text), {{"a b\r\n", "\r\nX: 1&="}, {"", "\xFF"}});
  require(fits_a_line(asked) && asked.find('#') == std::string::npos);
}

void check_query(std::string_view text) {
  const auto values = http::parse_query(text);
  const auto written = http::write_query(values);
  require(fits_a_line(written));
  require(http::parse_query(written) == values);
  require(http::percent_decode(http::percent_encode(text)) == text);
  (void)http::without_userinfo(text);
  (void)http::name_of_url(text);
}

// A Host field is what may stand between "http://" and "/", but for what only a URL must have: a host, and a
// port that exists.
void check_host(std::string_view text) {
  const bool taken = http::is_host_field(text);
  if (taken) require(fits_a_line(std::string(text)) && text.find_first_of("/?#@") == text.npos);
  if (text.empty() || text.front() == ':' || text.size() > 2'000) return;
  if (text.find_first_of("/?#@") != text.npos) return;
  const auto port = text.find_last_not_of("0123456789") + 1;
  if (port > 0 && text[port - 1] == ':') text = text.substr(0, port);
  require(http::parse_url("http://" + std::string(text) + "/").has_value() == taken);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = as_text({data + 1, size - 1});
  switch (data[0] % 4) {
    case 0:
      check_range(text);
      break;
    case 1:
      check_url(text);
      break;
    case 2:
      check_query(text);
      break;
    default:
      check_host(text);
  }
  return 0;
}
