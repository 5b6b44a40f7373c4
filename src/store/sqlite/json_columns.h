#pragma once
// Lists and maps of strings as the JSON text of one column.

#include <map>
#include <string>
#include <vector>

namespace portico::store::sqlite {

std::string list_to_json(const std::vector<std::string>& list);
std::vector<std::string> list_from_json(const std::string& text);  // what is not a string is left out
std::string map_to_json(const std::map<std::string, std::string>& map);
std::map<std::string, std::string> map_from_json(const std::string& text);

}  // namespace portico::store::sqlite
