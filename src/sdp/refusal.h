#pragma once
// Why an offer or answer gives no session, in SIP's words.

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/result.h"

namespace portico::sdp {

// The warn-codes of RFC 3261 section 20.43 that can be ours.
enum class Warn : int {
  incompatible_address = 301,
  incompatible_transport = 302,
  media_type_not_available = 304,
  incompatible_format = 305,
  attribute_not_understood = 306,
  miscellaneous = 399,
};

struct Refusal {
  Error error;  // invalid: not SDP or against the rules; too_large; unsupported: right, but not for us
  int sip_status = 488;  // 400 for what cannot be parsed
  Warn warn = Warn::miscellaneous;

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

// The value of a Warning header: `305 portico "no codec in common …"`. `agent` is our host name or a
// pseudonym.
std::string warning_header(const Refusal& refusal, std::string_view agent);

template <typename T>
class [[nodiscard]] Outcome : public tl::expected<T, Refusal> {
 public:
  using tl::expected<T, Refusal>::expected;
};
using Refused = tl::unexpected<Refusal>;

Refused refuse(Warn warn, std::string what);  // unsupported, 488
Refused refuse(Error error);                  // what cannot be parsed or breaks the rules: 400

}  // namespace portico::sdp
