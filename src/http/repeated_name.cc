#include "http/repeated_name.h"

#include <boost/json/basic_parser_impl.hpp>
#include <set>
#include <vector>

#include "base/limits.h"

namespace portico::http {
namespace {

namespace json = boost::json;
using Failure = boost::system::error_code;

// What the parser meets, in order: only names and the ends of objects matter. False ends the parse.
class Names {
 public:
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  bool on_object_begin(Failure&) {
    objects_.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, Failure&) {
    objects_.pop_back();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, Failure&) {
    name_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, Failure& failure) {
    name_.append(part.data(), part.size());
    const bool fresh = objects_.back().insert(name_).second;
    if (!fresh) {
      repeated = name_;
      failure = json::error::syntax;
    }
    name_.clear();
    return fresh;
  }

  bool on_document_begin(Failure&) { return true; }
  bool on_document_end(Failure&) { return true; }
  bool on_array_begin(Failure&) { return true; }
  bool on_array_end(std::size_t, Failure&) { return true; }
  bool on_string_part(json::string_view, std::size_t, Failure&) { return true; }
  bool on_string(json::string_view, std::size_t, Failure&) { return true; }
  bool on_number_part(json::string_view, Failure&) { return true; }
  bool on_int64(std::int64_t, json::string_view, Failure&) { return true; }
  bool on_uint64(std::uint64_t, json::string_view, Failure&) { return true; }
  bool on_double(double, json::string_view, Failure&) { return true; }
  bool on_bool(bool, Failure&) { return true; }
  bool on_null(Failure&) { return true; }
  bool on_comment_part(json::string_view, Failure&) { return true; }
  bool on_comment(json::string_view, Failure&) { return true; }

  std::optional<std::string> repeated;

 private:
  std::string name_;
  std::vector<std::set<std::string>> objects_;  // no hash whose collisions a client can compute
};

}  // namespace

std::optional<std::string> repeated_name(std::string_view json) {
  json::parse_options options;
  options.max_depth = limits::kJsonDepthMax;
  json::basic_parser<Names> parser(options);
  Failure failure;
  parser.write_some(false, json.data(), json.size(), failure);
  return std::move(parser.handler().repeated);
}

}  // namespace portico::http
