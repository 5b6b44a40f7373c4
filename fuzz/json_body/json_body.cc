// room: http
// Bodies of API requests: parsed, and every field read as every type.

#include <boost/json/serialize.hpp>
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
  if (!again) std::abort();
  if (const auto* object = value->if_object()) read_all(*object);
  return 0;
}
