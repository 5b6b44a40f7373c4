// room: signaling
// A caller's INVITE as the application is told of it: always JSON that reads back as the same, bounded.

#include "signaling/caller.h"

#include <boost/json.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "base/limits.h"
#include "signaling/leg.h"
#include "sip/message/parse.h"

namespace {

using namespace portico;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto parsed = sip::parse_datagram(std::string(as_text({data, size})));
  if (const auto digit = signaling::digit_of(
          {.type = "application/dtmf-relay", .bytes = std::string(as_text({data, size}))})) {
    require(std::string_view("0123456789*#ABCD").find(digit->digit) != std::string_view::npos);
    require(digit->duration >= Millis(0) && digit->duration <= Millis(10'000));
  }
  if (!parsed.ok() || !parsed.message.is_request() || sip::validate_request(parsed.message)) return 0;
  auto told = signaling::initiate_extras(parsed.message);
  if (const auto* headers = told.if_contains("sipHeaders")) {
    require(headers->as_object().size() <= limits::kSipHeadersToAppMax);
  }
  if (const auto* uui = told.if_contains("uui")) require(uui->as_string().size() <= 3 * 1024);
  told["from"] = signaling::caller_identity(parsed.message);
  told["to"] = signaling::called_uri(parsed.message);
  boost::system::error_code error;
  const auto again = boost::json::parse(boost::json::serialize(told), error);
  require(!error && again == boost::json::value(told));
  return 0;
}
