#include "http/message.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/utf8.h"
#include "http/status.h"

namespace portico::http {

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
