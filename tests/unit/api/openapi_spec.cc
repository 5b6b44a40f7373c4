#include "api/openapi_spec.h"

#include <algorithm>
#include <boost/json.hpp>

#include "api/operations/openapi.h"
#include "base/ids.h"
#include "base/time.h"
#include "base/utf8.h"

namespace portico::api {
namespace {

namespace json = boost::json;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool path_fits(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && !path.empty()) {
    const auto a = pattern.substr(0, pattern.find('/', 1));
    const auto b = path.substr(0, path.find('/', 1));
    if (!a.starts_with("/{") && a != b) return false;
    pattern.remove_prefix(a.size());
    path.remove_prefix(b.size());
  }
  return pattern.empty() && path.empty();
}

std::string_view type_name(const json::value& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "boolean";
  if (value.is_int64() || value.is_uint64()) return "integer";
  if (value.is_double()) return "number";
  if (value.is_string()) return "string";
  return value.is_array() ? "array" : "object";
}

bool type_fits(const YAML::Node& type, std::string_view actual) {
  if (type.IsSequence()) {
    return std::any_of(type.begin(), type.end(),
                       [&](const YAML::Node& one) { return type_fits(one, actual); });
  }
  return type.Scalar() == actual || (type.Scalar() == "number" && actual == "integer");
}

bool equals(const YAML::Node& expected, const json::value& value) {
  if (expected.IsNull()) return value.is_null();
  return value.is_string() && std::string_view(value.get_string()) == expected.Scalar();
}

bool format_fits(const std::string& format, std::string_view text) {
  if (format == "date-time") return parse_iso8601(text).has_value();
  if (format == "uuid") return is_uuid(text);
  return true;
}

}  // namespace

OpenapiSpec::OpenapiSpec() : document_(YAML::Load(std::string(openapi_yaml()))) {}

YAML::Node OpenapiSpec::resolved(const YAML::Node& node) const {
  if (!node || !node.IsMap() || !node["$ref"]) return node;
  YAML::Node at = document_;
  const auto reference = node["$ref"].Scalar();
  for (std::size_t i = 2; i <= reference.size();) {
    const auto end = std::min(reference.find('/', i), reference.size());
    at.reset(at[reference.substr(i, end - i)]);
    i = end + 1;
  }
  return at;
}

YAML::Node OpenapiSpec::operation(const std::string& method, const std::string& path) const {
  for (const auto& item : document_["paths"]) {
    if (path_fits(item.first.Scalar(), path)) return item.second[lower(method)];
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

bool OpenapiSpec::has_operation(std::string_view method, std::string_view pattern) const {
  const auto item = document_["paths"][std::string(pattern)];
  return item && item[lower(std::string(method))];
}

std::vector<std::pair<std::string, std::string>> OpenapiSpec::operations() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& path : document_["paths"]) {
    for (const auto& member : path.second) {
      if (member.first.Scalar() != "parameters")
        out.emplace_back(upper(member.first.Scalar()), path.first.Scalar());
    }
  }
  return out;
}

std::vector<std::string> OpenapiSpec::faults(const std::string& method, const std::string& path,
                                             const http::Response& response) const {
  const auto found = operation(method, path);
  if (!found || !found.IsDefined()) return {method + " " + path + " is not documented"};
  const auto answer = resolved(found["responses"][std::to_string(response.status)]);
  if (!answer || !answer.IsDefined())
    return {"status " + std::to_string(response.status) + " is not documented"};
  const auto content = answer["content"];
  if (!content) {
    return response.body.empty() ? std::vector<std::string>()
                                 : std::vector<std::string>{"a body is not documented"};
  }
  const auto type = response.headers.get("Content-Type");
  if (response.file) return body_faults(content, type, std::nullopt);
  return body_faults(content, type, response.body);
}

std::vector<std::string> OpenapiSpec::request_faults(const http::Request& request) const {
  const auto found = operation(request.method, request.path);
  if (!found || !found.IsDefined()) return {request.method + " " + request.path + " is not documented"};
  const auto content = found["requestBody"] ? found["requestBody"]["content"] : YAML::Node();
  return body_faults(content, request.headers.get("Content-Type"), request.body);
}

std::vector<std::string> OpenapiSpec::body_faults(const YAML::Node& content, std::string_view type,
                                                  std::optional<std::string_view> body) const {
  const std::string name(type.substr(0, type.find(';')));
  const auto media = content[name];
  if (!media) return {"content type " + name + " is not documented"};
  std::vector<std::string> out;
  if (!name.ends_with("json") || !body) return out;
  json::error_code error;
  const auto value = json::parse(*body, error);
  if (error) return {"the body is not JSON"};
  check(media["schema"], value, "$", out);
  return out;
}

void OpenapiSpec::check(const YAML::Node& reference, const json::value& value, const std::string& at,
                        std::vector<std::string>& out) const {
  const auto schema = resolved(reference);
  if (schema["type"] && !type_fits(schema["type"], type_name(value))) {
    out.push_back(at + " is of type " + std::string(type_name(value)));
    return;
  }
  if (schema["const"] && !equals(schema["const"], value)) out.push_back(at + " is not the constant");
  if (const auto choices = schema["enum"]) {
    const bool known = std::any_of(choices.begin(), choices.end(),
                                   [&](const YAML::Node& one) { return equals(one, value); });
    if (!known) out.push_back(at + " is not in its enumeration: " + json::serialize(value));
  }
  if (schema["format"] && value.is_string() &&
      !format_fits(schema["format"].Scalar(), std::string_view(value.get_string()))) {
    out.push_back(at + " is no " + schema["format"].Scalar() + ": " + json::serialize(value));
  }
  if (schema["maxLength"] && value.is_string() &&
      count_characters(std::string_view(value.get_string())) > schema["maxLength"].as<std::size_t>()) {
    out.push_back(at + " is too long");
  }
  if (value.is_array()) check_array(schema, value.get_array(), at, out);
  if (value.is_object()) check_object(schema, value.get_object(), at, out);
}

void OpenapiSpec::check_array(const YAML::Node& schema, const json::array& array, const std::string& at,
                              std::vector<std::string>& out) const {
  if (schema["minItems"] && array.size() < schema["minItems"].as<std::size_t>())
    out.push_back(at + " is too short");
  if (schema["maxItems"] && array.size() > schema["maxItems"].as<std::size_t>())
    out.push_back(at + " is too long");
  for (std::size_t i = 0; i < array.size(); ++i) {
    check(schema["items"], array[i], at + "[" + std::to_string(i) + "]", out);
  }
}

void OpenapiSpec::check_object(const YAML::Node& schema, const json::object& object, const std::string& at,
                               std::vector<std::string>& out) const {
  for (const auto& name : schema["required"]) {
    if (!object.contains(name.Scalar())) out.push_back(at + "." + name.Scalar() + " is missing");
  }
  for (const auto& member : object) {
    const std::string name(member.key());
    const auto property =
        schema["properties"] ? schema["properties"][name] : YAML::Node(YAML::NodeType::Undefined);
    if (property && property.IsDefined()) {
      check(property, member.value(), at + "." + name, out);
    } else if (schema["additionalProperties"]) {
      check(schema["additionalProperties"], member.value(), at + "." + name, out);
    } else {
      out.push_back(at + "." + name + " is not documented");
    }
  }
}

}  // namespace portico::api
