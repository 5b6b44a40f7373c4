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

using namespace portico::http;

void require(bool holds) {
  if (!holds) std::abort();
}

// Reads one field by `read`: a value, or errors that name the field. Null counts as absent.
template <typename Read>
auto read_one(const boost::json::object& object, std::string_view name, FieldReader::Presence presence,
              Read read) {
  std::vector<FieldError> errors;
  FieldReader in(object, errors, "in");
  const auto value = read(in);
  const auto* field = object.if_contains(name);
  const bool absent = field == nullptr || field->is_null();
  if (absent && presence == FieldReader::optional) {
    require(!value && errors.empty());
  } else {
    require(static_cast<bool>(value) == errors.empty());
  }
  if (absent && !errors.empty()) require(errors.size() == 1 && errors[0].what == "is required");
  for (const auto& error : errors) require(error.path.starts_with(in.path_of(name)) && !error.what.empty());
  return value;
}

// A number is given where it lies within the bounds, and nowhere else.
template <typename Number>
void check_bounds(const boost::json::value* field, std::optional<Number> value, Number min, Number max) {
  if (value) {
    require(*value >= min && *value <= max);
    require(field->to_number<double>() == static_cast<double>(*value));
  } else if (field != nullptr && field->is_number() && !(std::is_integral_v<Number> && !field->is_int64())) {
    const auto refused = field->to_number<Number>();
    require(refused < min || refused > max);
  }
}

void check_integer(const boost::json::object& object, std::string_view name, std::int64_t min,
                   std::int64_t max, FieldReader::Presence presence) {
  const auto read = [&](auto& in) { return in.integer(name, min, max, presence); };
  check_bounds(object.if_contains(name), read_one(object, name, presence, read), min, max);
}

void check_number(const boost::json::object& object, std::string_view name, double min, double max,
                  FieldReader::Presence presence) {
  const auto read = [&](auto& in) { return in.number(name, min, max, presence); };
  check_bounds(object.if_contains(name), read_one(object, name, presence, read), min, max);
}

void check_field(const boost::json::object& object, std::string_view name) {
  for (const auto presence : {FieldReader::optional, FieldReader::required}) {
    check_integer(object, name, -10, 10, presence);
    check_integer(object, name, INT64_MIN, INT64_MAX, presence);
    check_number(object, name, 0, 1, presence);
    check_number(object, name, -DBL_MAX, DBL_MAX, presence);
    read_one(object, name, presence, [&](auto& in) { return in.string(name, presence); });
    read_one(object, name, presence, [&](auto& in) { return in.boolean(name, presence); });
    read_one(object, name, presence, [&](auto& in) { return in.strings(name, presence); });
    read_one(object, name, presence, [&](auto& in) { return in.object(name, presence); });
    read_one(object, name, presence, [&](auto& in) { return in.array(name, presence); });
  }
}

void read_all(const boost::json::object& object) {
  std::vector<FieldError> errors;
  FieldReader in(object, errors);
  in.refuse_others();
  require(errors.size() == object.size());
  errors.clear();
  for (const auto& field : object) {
    check_field(object, field.key());
    if (const auto* inner = in.object(field.key())) read_all(*inner);
  }
  check_field(object, "no such field");
  errors.clear();
  in.refuse_others();
  require(errors.empty());
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
    require(!value.error().what.empty());
    return 0;
  }
  // What was taken can be written, and reads back as the same.
  const auto again = portico::http::parse_json(boost::json::serialize(*value), SIZE_MAX);
  require(again && same(*value, *again));
  if (const auto* object = value->if_object()) read_all(*object);
  return 0;
}
