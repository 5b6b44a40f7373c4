#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>

#include "http/json.h"

namespace portico::http {
namespace {

std::string range_text(auto min, auto max) {
  auto text = [](auto n) {
    if constexpr (std::is_integral_v<decltype(n)>) {
      return std::to_string(n);
    } else {
      auto digits = std::to_string(n);
      digits.erase(digits.find_last_not_of('0') + 1);
      if (digits.ends_with('.')) digits.pop_back();
      return digits;
    }
  };
  return "must be within the range [" + text(min) + ", " + text(max) + "]";
}

// 3.0 is as good an integer as 3 (RFC 8259 does not tell them apart).
std::optional<std::int64_t> as_integer(const boost::json::value& value) {
  if (const auto* n = value.if_int64()) return *n;
  const auto* d = value.if_double();
  if (d != nullptr && std::trunc(*d) == *d && std::abs(*d) <= 9007199254740992.0)
    return static_cast<std::int64_t>(*d);
  return std::nullopt;
}

}  // namespace

FieldReader::FieldReader(const boost::json::object& object, std::vector<FieldError>& errors, std::string path)
    : object_(object), errors_(errors), path_(std::move(path)) {}

std::string FieldReader::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void FieldReader::error(std::string_view name, std::string what) {
  errors_.push_back({.path = path_of(name), .what = std::move(what)});
}

bool FieldReader::has(std::string_view name) const { return object_.contains(name); }

bool FieldReader::is_null(std::string_view name) const {
  const auto* value = object_.if_contains(name);
  return value != nullptr && value->is_null();
}

const boost::json::value* FieldReader::find(std::string_view name, Presence presence) {
  known_.emplace_back(name);
  const auto* value = object_.if_contains(name);
  if (value != nullptr && !value->is_null()) return value;
  if (presence == required) error(name, "is required");
  return nullptr;
}

std::optional<std::string> FieldReader::string(std::string_view name, Presence presence) {
  const auto* value = find(name, presence);
  if (value == nullptr) return std::nullopt;
  if (const auto* text = value->if_string()) return std::string(*text);
  error(name, "must be a string");
  return std::nullopt;
}

std::optional<std::int64_t> FieldReader::integer(std::string_view name, std::int64_t min, std::int64_t max,
                                                 Presence presence) {
  const auto* value = find(name, presence);
  if (value == nullptr) return std::nullopt;
  const auto n = as_integer(*value);
  if (!n) {
    error(name, value->is_number() ? range_text(min, max) : "must be an integer");
    return std::nullopt;
  }
  if (*n >= min && *n <= max) return n;
  error(name, range_text(min, max) + ", but was " + std::to_string(*n));
  return std::nullopt;
}

std::optional<double> FieldReader::number(std::string_view name, double min, double max, Presence presence) {
  const auto* value = find(name, presence);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) {
    error(name, "must be a number");
    return std::nullopt;
  }
  const auto n = value->to_number<double>();
  if (n >= min && n <= max) return n;
  error(name, range_text(min, max));
  return std::nullopt;
}

std::optional<bool> FieldReader::boolean(std::string_view name, Presence presence) {
  const auto* value = find(name, presence);
  if (value == nullptr) return std::nullopt;
  if (const auto* flag = value->if_bool()) return *flag;
  error(name, "must be true or false");
  return std::nullopt;
}

std::optional<std::vector<std::string>> FieldReader::strings(std::string_view name, Presence presence) {
  const auto* list = array(name, presence);
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  bool good = true;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if (const auto* text = (*list)[i].if_string()) {
      texts.emplace_back(*text);
    } else {
      error(std::string(name) + "[" + std::to_string(i) + "]", "must be a string");
      good = false;
    }
  }
  if (!good) return std::nullopt;
  return texts;
}

const boost::json::object* FieldReader::object(std::string_view name, Presence presence) {
  const auto* value = find(name, presence);
  if (value == nullptr) return nullptr;
  if (const auto* object = value->if_object()) return object;
  error(name, "must be an object");
  return nullptr;
}

const boost::json::array* FieldReader::array(std::string_view name, Presence presence) {
  const auto* value = find(name, presence);
  if (value == nullptr) return nullptr;
  if (const auto* array = value->if_array()) return array;
  error(name, "must be an array");
  return nullptr;
}

void FieldReader::refuse_others() {
  for (const auto& field : object_) {
    if (std::find(known_.begin(), known_.end(), field.key()) == known_.end())
      error(field.key(), "is not known");
  }
}

}  // namespace portico::http
