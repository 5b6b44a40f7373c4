#pragma once
// JSON bodies: bounded parsing (RFC 8259) and reading of typed fields with errors that name the field.

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"

namespace portico::http {

// One JSON text and nothing behind it, UTF-8. Errors: too_large (bytes), invalid (syntax with line and
// column, depth over limits::kJsonDepthMax, a name twice in one object).
Result<boost::json::value> parse_json(std::string_view text,
                                      std::size_t bytes_max = limits::kHttpRequestBytesMax);
// The same, and it must be an object.
Result<boost::json::object> parse_json_object(std::string_view text,
                                              std::size_t bytes_max = limits::kHttpRequestBytesMax);

struct FieldError {
  std::string path;  // "machineDetection.callbackUrl", "allowedSourceIps[2]"
  std::string what;  // "must be a string"
};

// Reads the fields of one object. A field of the wrong type, or one that is required and absent, is noted and
// reads as absent; so a handler reads all it wants first and looks at errors() once. Null counts as absent.
//
//   FieldReader in(body, errors);
//   const auto name = in.string("name", FieldReader::required);
//   in.refuse_others();
//   if (!errors.empty()) return bad_request(errors);
class FieldReader {
 public:
  enum Presence : bool { optional, required };

  FieldReader(const boost::json::object& object, std::vector<FieldError>& errors, std::string path = {});

  std::optional<std::string> string(std::string_view name, Presence presence = optional);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max,
                                      Presence presence = optional);
  std::optional<double> number(std::string_view name, double min, double max, Presence presence = optional);
  std::optional<bool> boolean(std::string_view name, Presence presence = optional);
  std::optional<std::vector<std::string>> strings(std::string_view name, Presence presence = optional);
  const boost::json::object* object(std::string_view name,
                                    Presence presence = optional);  // path: path_of(name)
  const boost::json::array* array(std::string_view name, Presence presence = optional);

  bool has(std::string_view name) const;      // present, null included
  bool is_null(std::string_view name) const;  // present and null: a merge patch removes it (RFC 7396)
  std::string path_of(std::string_view name) const;
  void error(std::string_view name, std::string what);
  void refuse_others();  // notes each field that was not asked for

 private:
  const boost::json::value* find(std::string_view name, Presence presence);

  const boost::json::object& object_;
  std::vector<FieldError>& errors_;
  std::string path_;
  std::vector<std::string> known_;
};

}  // namespace portico::http
