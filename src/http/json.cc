#include "http/json.h"

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/stream_parser.hpp>

namespace portico::http {
namespace {

namespace json = boost::json;

std::string place(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto start = before.rfind('\n');
  const auto column = start == std::string_view::npos ? before.size() + 1 : before.size() - start;
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

Unexpected syntax_error(std::string_view text, std::size_t offset, const boost::system::error_code& error) {
  if (error == json::error::too_deep) {
    return fail(Code::invalid, "JSON nested deeper than " + std::to_string(limits::kJsonDepthMax));
  }
  return fail(Code::invalid, "not valid JSON at " + place(text, offset) + ": " + error.message());
}

}  // namespace

Result<json::value> parse_json(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return fail(Code::too_large, "the JSON body is longer than " + std::to_string(bytes_max) + " bytes");
  }
  json::parse_options options;
  options.max_depth = limits::kJsonDepthMax;
  json::stream_parser parser({}, options);
  boost::system::error_code error;
  const auto used = parser.write_some(text.data(), text.size(), error);
  if (!error && used < text.size()) error = json::error::extra_data;
  if (!error) parser.finish(error);
  if (error) return syntax_error(text, used, error);
  return parser.release();
}

Result<json::object> parse_json_object(std::string_view text, std::size_t bytes_max) {
  auto value = parse_json(text, bytes_max);
  if (!value) return fail(std::move(value.error()));
  if (!value->is_object()) return fail(Code::invalid, "the body must be a JSON object");
  return std::move(value->as_object());
}

}  // namespace portico::http
