#include "sip/digest/auth_params.h"

#include "sip/message/chars.h"

namespace portico::sip {

AuthParams::AuthParams(std::string_view value) {
  value = trim(value);
  const auto scheme = value.substr(0, value.find_first_of(" \t"));
  digest_ = equal_nocase(scheme, "Digest");
  rest_ = trim_left(value.substr(scheme.size()));
}

AuthParams::Step AuthParams::next(AuthParam& out) {
  // Empty list elements (", ,") are seen in the wild and mean nothing.
  bool comma = first_;
  while (!rest_.empty() && (is_blank(rest_.front()) || rest_.front() == ',')) {
    comma = comma || rest_.front() == ',';
    rest_.remove_prefix(1);
  }
  if (rest_.empty()) return first_ ? Step::malformed : Step::end;
  if (!comma) return Step::malformed;
  first_ = false;
  const auto equals = rest_.find('=');
  if (equals == std::string_view::npos) return Step::malformed;
  out.name = trim(rest_.substr(0, equals));
  if (!is_token(out.name)) return Step::malformed;
  rest_ = trim_left(rest_.substr(equals + 1));
  out.quoted = rest_.starts_with('"');
  if (out.quoted) {
    const auto length = quoted_length(rest_);
    if (length == 0) return Step::malformed;
    out.value = rest_.substr(1, length - 2);
    rest_.remove_prefix(length);
    return Step::param;
  }
  out.value = trim(rest_.substr(0, rest_.find(',')));
  rest_.remove_prefix(static_cast<std::size_t>(out.value.data() - rest_.data()) + out.value.size());
  return is_token(out.value) ? Step::param : Step::malformed;
}

}  // namespace portico::sip
