#pragma once
// The settings of `portico serve` (docs/configuration.md): each can be a flag, an environment variable or a
// key of a YAML file; flag beats environment beats file beats default.

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace portico::app {

struct Setting {
  std::string_view name;      // flag without "--", key in YAML; the environment's is PORTICO_ and upper case
  std::string_view fallback;  // the default, as a user would write it
  std::string_view value;     // what --help calls the value; empty: a switch
  std::string_view meaning;
  bool reloadable = false;  // taken from the file again on SIGHUP
};
std::span<const Setting> all_settings();
const Setting* find_setting(std::string_view name);
std::string environment_name(std::string_view setting);  // "sip-port" -> "PORTICO_SIP_PORT"

enum class Origin : unsigned char { fallback, file, environment, flag };
std::string_view origin_name(Origin origin);

struct Chosen {
  std::string value;
  Origin origin = Origin::fallback;
};
using Settings = std::map<std::string, Chosen, std::less<>>;

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// `flags`: those given on the command line, by name; a bare switch's value is "true". Reads the file that
// `config` names. Errors: invalid, naming the file, line and key.
Result<Settings> choose(const std::map<std::string, std::string, std::less<>>& flags,
                        const Environment& environment);

// A file that `config` may name; what is left to its default is a comment.
std::string to_yaml(const Settings& settings);

std::optional<std::string> process_environment(const std::string& name);

}  // namespace portico::app
