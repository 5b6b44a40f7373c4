#include "portico/yaml_file.h"

#include <yaml-cpp/yaml.h>

namespace portico::app {
namespace {

std::string at(const std::string& path, const YAML::Mark& mark) {
  return path + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1) + ": ";
}

}  // namespace

Result<std::map<std::string, std::string>> read_yaml(const std::string& path) {
  std::map<std::string, std::string> out;
  try {
    const auto root = YAML::LoadFile(path);
    if (root.IsNull()) return out;
    if (!root.IsMap()) return fail(Code::invalid, at(path, root.Mark()) + "expected \"name: value\" lines");
    for (const auto& entry : root) {
      const auto name = entry.first.as<std::string>();
      if (entry.second.IsScalar()) {
        out[name] = entry.second.as<std::string>();
        continue;
      }
      if (!entry.second.IsSequence()) {
        return fail(Code::invalid,
                    at(path, entry.second.Mark()) + name + " must be a value or a list of values");
      }
      auto& joined = out[name];
      for (const auto& item : entry.second) joined += (joined.empty() ? "" : ",") + item.as<std::string>();
    }
  } catch (const YAML::BadFile&) {
    return fail(Code::not_found, path + ": cannot be read");
  } catch (const YAML::Exception& e) {
    return fail(Code::invalid, at(path, e.mark) + e.msg);
  }
  return out;
}

}  // namespace portico::app
