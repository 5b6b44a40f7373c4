// room: http
// What clients and customers write into one line of HTTP: ranges, URLs, queries. The first byte chooses.

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
  if (http::is_host_field(text)) require(fits_a_line(std::string(text)) && text.find('@') == text.npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = as_text({data + 1, size - 1});
  switch (data[0] % 3) {
    case 0:
      check_range(text);
      break;
    case 1:
      check_url(text);
      break;
    default:
      check_query(text);
  }
  return 0;
}
