#include "webhook/flatten.h"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <charconv>

namespace portico::webhook {
namespace {

namespace json = boost::json;

// The shortest form that reads back as the same number; Boost would write 1.5 as 1.5E0.
std::string number_text(double number) {
  std::array<char, 32> text;
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} ? std::string(text.data(), end) : std::string("0");
}

void add(const std::string& name, const json::value& value, http::NamedValues& out) {
  switch (value.kind()) {
    case json::kind::null:
      return;
    case json::kind::bool_:
      out.emplace_back(name, value.get_bool() ? "true" : "false");
      return;
    case json::kind::int64:
      out.emplace_back(name, std::to_string(value.get_int64()));
      return;
    case json::kind::uint64:
      out.emplace_back(name, std::to_string(value.get_uint64()));
      return;
    case json::kind::double_:
      out.emplace_back(name, number_text(value.get_double()));
      return;
    case json::kind::string:
      out.emplace_back(name, std::string(value.get_string()));
      return;
    case json::kind::array:
      for (const auto& item : value.get_array()) add(name, item, out);
      return;
    case json::kind::object:
      for (const auto& field : value.get_object())
        add(name + "." + std::string(field.key()), field.value(), out);
      return;
  }
}

}  // namespace

http::NamedValues flatten(const json::object& event) {
  http::NamedValues values;
  for (const auto& field : event) add(std::string(field.key()), field.value(), values);
  return values;
}

}  // namespace portico::webhook
