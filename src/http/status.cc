#include "http/status.h"

#include <algorithm>
#include <array>
#include <utility>

namespace portico::http {
namespace {

constexpr auto kPhrases = std::to_array<std::pair<int, std::string_view>>({
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
});

}  // namespace

std::string_view error_type(int status) {
  switch (status) {
    case 401:
      return "authentication-error";
    case 403:
      return "authorization-error";
    case 429:
      return "error";
    case 500:
      return "internal-error";
    case 503:
      return "system-overloaded";
    default:
      return "validation";
  }
}

std::string_view reason_phrase(int status) {
  const auto it =
      std::find_if(kPhrases.begin(), kPhrases.end(), [&](const auto& row) { return row.first == status; });
  return it == kPhrases.end() ? "Unknown" : it->second;
}

}  // namespace portico::http
