#include "sip/dialog/sdp_body.h"

#include <string>

#include "sip/message/escape.h"
#include "sip/message/headers.h"

namespace portico::sip {
namespace {

// RFC 2046 section 5.1.1. A search for a long one in a body that nearly holds it takes milliseconds.
constexpr std::size_t kBoundaryMax = 70;

bool says_sdp(std::string_view part_head) {
  while (!part_head.empty()) {
    const auto end = part_head.find("\r\n");
    const auto line = part_head.substr(0, end);
    part_head.remove_prefix(end == std::string_view::npos ? part_head.size() : end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    auto name = line.substr(0, colon);
    name = name.substr(0, name.find_last_not_of(" \t") + 1);
    if (find_header(name) != Header::content_type) continue;
    auto value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    const auto type = parse_media_type(value);
    return type && type->is("application", "sdp");
  }
  return false;
}

std::string_view sdp_part(std::string_view body, std::string_view boundary) {
  const std::string mark = "--" + std::string(boundary);
  auto at = body.find(mark);
  while (at != std::string_view::npos) {
    const auto begin = body.find("\r\n", at);
    if (begin == std::string_view::npos) return {};
    const auto end = body.find("\r\n" + mark, begin);
    if (end == std::string_view::npos) return {};
    // The empty line that ends a part's headers may follow the boundary at once.
    const auto part = body.substr(begin, end - begin);
    const auto split = part.find("\r\n\r\n");
    if (split != std::string_view::npos && says_sdp(part.substr(0, split))) return part.substr(split + 4);
    at = end + 2;
  }
  return {};
}

}  // namespace

std::string_view find_sdp(const Message& message) {
  if (message.body().empty()) return {};
  const auto type = read_content_type(message);
  if (!type) return {};
  if (type->is("application", "sdp")) return message.body();
  if (type->is("multipart", "mixed") || type->is("multipart", "alternative")) {
    const auto boundary = type->params.find("boundary");
    if (!boundary) return {};
    const auto mark = unquote(*boundary);
    if (!mark.empty() && mark.size() <= kBoundaryMax) return sdp_part(message.body(), mark);
  }
  return {};
}

}  // namespace portico::sip
