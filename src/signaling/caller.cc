#include "signaling/caller.h"

#include <algorithm>
#include <cctype>

#include "base/limits.h"
#include "base/utf8.h"
#include "sip/message/escape.h"
#include "sip/message/headers.h"

namespace portico::signaling {
namespace {

constexpr std::size_t kUuiBytesMax = 256;  // webhooks.md, `initiate`

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

// The number with a leading plus, or nothing when `user` is not 7..15 digits with an optional plus.
std::string as_e164(std::string_view user) {
  const auto digits = user.starts_with('+') ? user.substr(1) : user;
  const bool number = digits.size() >= 7 && digits.size() <= 15 &&
                      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return number ? "+" + std::string(digits) : std::string();
}

std::string without_params(const sip::Uri& uri) {
  std::string out(uri.scheme_text);
  out += ':';
  if (!uri.user.empty()) {
    out += uri.user;
    out += '@';
  }
  out += uri.host;
  if (uri.port != 0) out += ':' + std::to_string(uri.port);
  return out;
}

void add_x_headers(const sip::Message& invite, boost::json::object& out) {
  boost::json::object headers;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < invite.field_count(); ++i) {
    const auto field = invite.field(i);
    if (field.name.size() < 3 || (field.name[0] != 'X' && field.name[0] != 'x') || field.name[1] != '-')
      continue;
    bytes += field.name.size() + field.value.size();
    if (headers.size() >= limits::kSipHeadersToAppMax || bytes > limits::kSipHeadersToAppBytesMax) break;
    headers[lower(field.name)] = mend_utf8(field.value);  // repeated: the last one wins
  }
  if (!headers.empty()) out["sipHeaders"] = std::move(headers);
}

std::string_view unquoted(std::string_view value) {
  return value.size() >= 2 && value.front() == '"' && value.back() == '"' ? value.substr(1, value.size() - 2)
                                                                          : value;
}

void add_diversion(const sip::Message& invite, boost::json::object& out) {
  // The topmost Diversion is the newest (RFC 5806 section 7).
  const auto values = invite.values(sip::Header::diversion);
  if (values.empty()) return;
  const auto newest = sip::parse_name_addr(values.front());
  if (!newest) return;
  boost::json::object diversion;
  const auto number = as_e164(newest->uri.user);
  diversion["origTo"] = number.empty() ? mend_utf8(without_params(newest->uri)) : number;
  auto rest = newest->params.raw();
  while (const auto param = sip::Params::next(rest)) {
    diversion[lower(param->name)] = mend_utf8(unquoted(param->value));
  }
  out["diversion"] = std::move(diversion);
}

bool has_known_encoding(std::string_view user_to_user) {
  const auto parsed = sip::parse_user_to_user(user_to_user);
  const auto encoding = parsed ? lower(parsed->params.find("encoding").value_or("")) : std::string();
  return encoding == "base64" || encoding == "jwt" || encoding == "hex";
}

// Values are told whole or not at all: what is cut could not be decoded.
void add_uui(const sip::Message& invite, boost::json::object& out) {
  std::string joined;
  for (const auto value : invite.values(sip::Header::user_to_user)) {
    const std::string_view comma = joined.empty() ? "" : ",";
    if (!has_known_encoding(value)) continue;
    if (joined.size() + comma.size() + value.size() > kUuiBytesMax) continue;
    joined.append(comma).append(value);
  }
  if (!joined.empty()) out["uui"] = mend_utf8(joined);
}

}  // namespace

std::string caller_identity(const sip::Message& invite) {
  const auto from = sip::read_from(invite);
  if (!from) return "Anonymous";
  if (sip::wants_privacy(invite, "id") || sip::same_host(from->uri.host, "anonymous.invalid"))
    return "Anonymous";
  if (auto number = as_e164(from->uri.user); !number.empty()) return number;
  return from->uri.is_sip() ? without_params(from->uri) : mend_utf8(from->uri_text);
}

std::string called_uri(const sip::Message& invite) {
  const auto uri = sip::parse_uri(invite.request_uri());
  return uri ? without_params(*uri) : std::string(invite.request_uri());
}

boost::json::object initiate_extras(const sip::Message& invite) {
  boost::json::object out;
  add_x_headers(invite, out);
  add_diversion(invite, out);
  add_uui(invite, out);
  return out;
}

}  // namespace portico::signaling
