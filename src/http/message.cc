#include "http/message.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/utf8.h"

namespace portico::http {
namespace {

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

}  // namespace

std::optional<std::string_view> find_value(const NamedValues& values, std::string_view name) {
  for (const auto& [key, value] : values) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Response plain_error(const Request&, int status, std::string_view what) {
  const boost::json::object body{{"type", error_type(status)}, {"description", what}, {"id", nullptr}};
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = mend_utf8(boost::json::serialize(body))};
}

}  // namespace portico::http
