#include "store/sqlite/json_columns.h"

#include <boost/json.hpp>

namespace portico::store::sqlite {
namespace {

boost::json::value parse(const std::string& text) {
  boost::json::error_code error;
  auto value = boost::json::parse(text, error);
  return error ? boost::json::value() : value;
}

}  // namespace

std::string list_to_json(const std::vector<std::string>& list) {
  boost::json::array array;
  for (const auto& item : list) array.emplace_back(item);
  return boost::json::serialize(array);
}

std::vector<std::string> list_from_json(const std::string& text) {
  std::vector<std::string> list;
  const auto value = parse(text);
  if (!value.is_array()) return list;
  for (const auto& item : value.get_array()) {
    if (item.is_string()) list.emplace_back(item.get_string());
  }
  return list;
}

std::string map_to_json(const std::map<std::string, std::string>& map) {
  if (map.empty()) return "{}";
  boost::json::object object;
  for (const auto& [key, value] : map) object[key] = value;
  return boost::json::serialize(object);
}

std::map<std::string, std::string> map_from_json(const std::string& text) {
  std::map<std::string, std::string> map;
  if (text == "{}") return map;
  const auto value = parse(text);
  if (!value.is_object()) return map;
  for (const auto& item : value.get_object()) {
    if (item.value().is_string()) map.emplace(item.key(), item.value().get_string());
  }
  return map;
}

}  // namespace portico::store::sqlite
