// room: sip
// One datagram: parsed, judged, every field read as every type, stamped, answered, and written back.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sip/message/chars.h"
#include "sip/message/escape.h"
#include "sip/message/headers.h"
#include "sip/message/parse.h"
#include "sip/message/write.h"

namespace {

using namespace portico;  // NOLINT: a program of its own
using namespace portico::sip;

void require(bool holds) {
  if (!holds) std::abort();
}

void read_uri(std::string_view text) {
  const auto uri = parse_uri(text);
  if (!uri) return;
  require(equivalent(*uri, *uri));
  const auto written = to_string(*uri);
  const auto again = parse_uri(written);
  require(again.has_value() && equivalent(*uri, *again));
  (void)unescape(uri->user);
  (void)host_address(uri->host);
}

void read_field(const Field& field) {
  if (const auto address = parse_name_addr(field.value)) {
    read_uri(address->uri_text);
    (void)display_name(*address);
    (void)address->tag();
  }
  if (const auto via = parse_via(field.value)) {
    (void)via->branch();
    (void)via->rport();
  }
  (void)parse_media_type(field.value);
  (void)parse_reason(field.value);
  (void)parse_user_to_user(field.value);
  (void)parse_replaces(field.value);
  require(unquote(quote(unquote(field.value))).size() == unquote(field.value).size());
}

void read_all(const Message& message) {
  (void)read_from(message);
  (void)read_to(message);
  (void)read_call_id(message);
  (void)read_cseq(message);
  (void)read_top_via(message);
  (void)read_max_forwards(message);
  (void)read_session_expires(message);
  (void)read_rack(message);
  (void)read_content_type(message);
  (void)read_retry_after(message);
  (void)read_event(message);
  (void)read_subscription_state(message);
  (void)read_replaces(message);
  (void)wants_privacy(message, "id");
  (void)lists_token(message, Header::supported, "100rel");
  read_uri(message.request_uri());
  for (std::size_t i = 0; i < message.field_count(); ++i) {
    const auto field = message.field(i);
    require(fit_name(field.name) && field.value.find_first_of("\r\n") == std::string_view::npos);
    read_field(field);
    for (const auto value : message.values(field.id)) require(!value.empty());
  }
}

// What we write may be longer than what it was read from. Whatever else is wrong with it is our fault.
bool fits_limits(const Parsed& again) {
  static constexpr std::array<std::string_view, 5> kLimits{"message too large", "Request-URI too long",
                                                           "too many header fields", "header field too large",
                                                           "too many Via values"};
  if (!again.fault) return true;
  require(std::ranges::find(kLimits, again.fault->what) != kLimits.end());
  return false;
}

// Whatever came in, what goes out is one message of ours with the fields that we meant.
void answer(const Message& request) {
  auto out = respond(request, {.status = 407, .to_tag = "t", .record_route = true});
  out.add("X-Echo", request.request_uri());
  const auto vias = request.count(Header::via);
  const auto reply = parse_datagram(out.finish("text/plain", request.body()));
  if (!fits_limits(reply)) return;
  require(reply.message.status() == 407 && reply.message.count(Header::via) == vias);
}

std::string without_nul(std::string_view text) {
  std::string out(text);
  std::ranges::replace(out, '\0', ' ');
  return out;
}

void require_same_start(const Message& message, const Message& again) {
  require(again.method_text() == message.method_text() && again.status() == message.status());
  require(unescape(again.request_uri()) == unescape(message.request_uri()));
  require(message.reason().empty() || again.reason() == without_nul(message.reason()));
}

void copy(const Message& message) {
  auto out = message.is_request() ? MessageWriter::request(message.method_text(), message.request_uri())
                                  : MessageWriter::response(message.status(), message.reason());
  std::vector<Field> fields;
  for (std::size_t i = 0; i < message.field_count(); ++i) {
    const auto field = message.field(i);
    if (field.id != Header::content_length) fields.push_back(field);
  }
  for (const auto& field : fields) out.add(field.name, field.value);
  const auto again = parse_datagram(out.finish({}, message.body()));
  if (!fits_limits(again)) return;
  require_same_start(message, again.message);
  require(again.message.field_count() == fields.size() + 1);  // Content-Length
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto field = again.message.field(i);
    require(field.name == fields[i].name && field.value == trim(without_nul(fields[i].value)));
  }
  require(again.message.body() == message.body());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  auto parsed = parse_datagram(std::string(reinterpret_cast<const char*>(bytes), size));
  read_all(parsed.message);
  if (parsed.answerable()) answer(parsed.message);
  if (!parsed.ok()) return 0;
  copy(parsed.message);
  if (!parsed.message.is_request())
    return 0 * static_cast<int>(validate_response(parsed.message).has_value());
  const auto before = validate_request(parsed.message);
  const auto body = std::string(parsed.message.body());
  const bool stamped = stamp_via(parsed.message, {.ip = IpAddress::v4(0xC0000201), .port = 5060});
  require(stamped || before.has_value());
  require(parsed.message.body() == body);
  read_all(parsed.message);
  if (stamped && !before) require(!validate_request(parsed.message));
  return 0;
}
