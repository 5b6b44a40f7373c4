#pragma once
// Checks an answer against docs/openapi.yaml: is the status documented for that operation, is the content
// type, and does the body have the shape? The same for the body of a request. Stricter than the document: a
// member that it does not name is a fault too.

#include <yaml-cpp/yaml.h>

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace portico::api {

class OpenapiSpec {
 public:
  OpenapiSpec();  // of the document inside the binary

  // What is wrong; empty when all is well. `path`: "/v2/accounts/9900000/voice-applications".
  std::vector<std::string> faults(const std::string& method, const std::string& path,
                                  const http::Response& response) const;
  std::vector<std::string> request_faults(const http::Request& request) const;

  bool has_operation(std::string_view method, std::string_view pattern) const;
  std::vector<std::pair<std::string, std::string>> operations() const;  // method in upper case, pattern

 private:
  YAML::Node resolved(const YAML::Node& node) const;
  YAML::Node operation(const std::string& method, const std::string& path) const;
  // `body`: nothing when it is in a file, at which nobody looks.
  std::vector<std::string> body_faults(const YAML::Node& content, std::string_view type,
                                       std::optional<std::string_view> body) const;
  void check(const YAML::Node& schema, const boost::json::value& value, const std::string& at,
             std::vector<std::string>& out) const;
  void check_object(const YAML::Node& schema, const boost::json::object& object, const std::string& at,
                    std::vector<std::string>& out) const;
  void check_array(const YAML::Node& schema, const boost::json::array& array, const std::string& at,
                   std::vector<std::string>& out) const;

  YAML::Node document_;
};

}  // namespace portico::api
