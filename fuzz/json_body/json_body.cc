// room: http
// Bodies of API requests: parsed, and every field read as every type.

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "http/json.h"

namespace {

void read_all(const boost::json::object& object) {
  std::vector<portico::http::FieldError> errors;
  portico::http::FieldReader in(object, errors);
  for (const auto& field : object) {
    in.string(field.key());
    in.integer(field.key(), -10, 10);
    in.number(field.key(), 0, 1);
    in.boolean(field.key());
    in.strings(field.key());
    if (const auto* inner = in.object(field.key())) read_all(*inner);
  }
  in.refuse_others();
  for (const auto& error : errors) {
    if (error.what.empty()) std::abort();
  }
}

// Boost.JSON reads a double to within a few units of its last place.
bool near(double a, double b) { return a == b || std::abs(a - b) <= 1e-14 * std::abs(a) + DBL_MIN; }

bool same(const boost::json::value& a, const boost::json::value& b) {
  if (a.is_double() && b.is_double()) return near(a.get_double(), b.get_double());
  if (a.is_array() && b.is_array()) {
    return std::ranges::equal(a.get_array(), b.get_array(), same);
  }
  if (!a.is_object() || !b.is_object()) return a == b;
  return std::ranges::equal(a.get_object(), b.get_object(), [](const auto& x, const auto& y) {
    return x.key() == y.key() && same(x.value(), y.value());
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = portico::as_text({data, size});
  const auto value = portico::http::parse_json(text);
  if (!value) {
    if (value.error().what.empty()) std::abort();
    return 0;
  }
  // What was taken can be written, and reads back as the same.
  const auto again = portico::http::parse_json(boost::json::serialize(*value), SIZE_MAX);
  if (!again || !same(*value, *again)) std::abort();
  if (const auto* object = value->if_object()) read_all(*object);
  return 0;
}
