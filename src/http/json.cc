#include "http/json.h"

#include <algorithm>
#include <boost/json/stream_parser.hpp>
#include <cmath>

#include "http/repeated_name.h"

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

// Boost reads 1e400 as infinity, which no JSON text can say again.
bool all_finite(const json::value& value) {
  if (const auto* number = value.if_double()) return std::isfinite(*number);
  if (const auto* array = value.if_array()) return std::all_of(array->begin(), array->end(), all_finite);
  const auto* object = value.if_object();
  return object == nullptr ||
         std::all_of(object->begin(), object->end(),
                     [](const json::key_value_pair& field) { return all_finite(field.value()); });
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
  if (const auto name = repeated_name(text)) {
    return fail(Code::invalid, "the field \"" + *name + "\" stands twice in one JSON object");
  }
  auto value = parser.release();
  if (!all_finite(value)) return fail(Code::invalid, "the JSON body holds a number that is too large");
  return value;
}

Result<json::object> parse_json_object(std::string_view text, std::size_t bytes_max) {
  auto value = parse_json(text, bytes_max);
  if (!value) return fail(std::move(value.error()));
  if (!value->is_object()) return fail(Code::invalid, "the body must be a JSON object");
  return std::move(value->as_object());
}

}  // namespace portico::http
