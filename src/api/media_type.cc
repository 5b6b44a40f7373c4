#include "api/media_type.h"

#include <algorithm>

namespace portico::api {

bool has_media_type(const http::Request& request, std::initializer_list<std::string_view> types) {
  auto type = request.headers.get("Content-Type");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  return std::any_of(types.begin(), types.end(),
                     [&](std::string_view known) { return http::equal_names(type, known); });
}

}  // namespace portico::api
