#include "api/applications/etag.h"

namespace portico::api {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string etag_of(std::uint64_t version) { return '"' + std::to_string(version) + '"'; }

bool if_match(std::string_view header, std::uint64_t version) {
  if (header.empty() || trimmed(header) == "*") return true;
  const std::string mine = etag_of(version);
  while (!header.empty()) {
    const auto comma = header.find(',');
    if (trimmed(header.substr(0, comma)) == mine) return true;
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
  }
  return false;
}

}  // namespace portico::api
