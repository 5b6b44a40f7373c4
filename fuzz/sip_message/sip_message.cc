// room: sip
// One datagram on its way from the socket to the user agent and back: parsed, judged, every field read as
// every type, stamped, answered, copied. Whatever came in, what goes out is one message of ours with the
// fields that we meant.

#include <array>
#include <cstdint>

#include "base/limits.h"
#include "readers.h"
#include "sip/message/chars.h"
#include "sip/message/parse.h"
#include "sip/transaction/answer_head.h"
#include "sip/transaction/follow_up.h"

namespace {

// What we write may be longer than what it was read from. Whatever else is wrong with it is our fault.
bool fits_limits(const Parsed& again) {
  static constexpr std::array<std::string_view, 5> kLimits{"message too large", "Request-URI too long",
                                                           "too many header fields", "header field too large",
                                                           "too many Via values"};
  if (!again.fault) return true;
  require(std::ranges::find(kLimits, again.fault->what) != kLimits.end());
  return false;
}

// As the writer writes it and the parser reads it.
std::string tidy(std::string_view value) { return std::string(trim(without_nul(value))); }

std::string what(const std::optional<Fault>& fault) { return fault ? std::string(fault->what) : ""; }

// The parser is a function of the text that it leaves.
void read_again(const Message& message) {
  const auto again = parse_framed(std::string(message.text()));
  if (!fits_limits(again)) return;
  require(again.message.is_request() == message.is_request() && again.message.body() == message.body());
  require(again.message.method() == message.method() && again.message.status() == message.status());
  require(again.message.field_count() == message.field_count());
  for (std::size_t i = 0; i < message.field_count(); ++i) {
    const auto a = message.field(i);
    const auto b = again.message.field(i);
    require(a.id == b.id && a.name == b.name && a.value == b.value);
  }
}

// `more`: fields beside those that every answer repeats.
void check_answer(const Message& request, std::string bytes, std::size_t more) {
  const auto reply = parse_datagram(std::move(bytes));
  if (!fits_limits(reply)) return;
  const auto& answer = reply.message;
  require(answer.status() == 407 && answer.body() == request.body());
  for (const auto id : {Header::via, Header::record_route}) {
    require(answer.count(id) == request.count(id));
    require(answer.value(id) == tidy(request.value(id)));
    more += request.count(id);
  }
  for (const auto id : {Header::from, Header::call_id, Header::cseq}) {
    require(answer.count(id) == 1 && answer.value(id) == tidy(request.value(id)));
  }
  require(answer.value(Header::to).starts_with(tidy(request.value(Header::to))));
  const auto to = read_to(request);
  if (to && !to->is_star() && !to->params.has("tag")) require(read_to(answer)->tag() == "t");
  // From, To, Call-ID, CSeq, Content-Length
  require(answer.field_count() == more + 5 + (request.body().empty() ? 0 : 1));
}

void answer(const Message& request) {
  auto whole = respond(request, {.status = 407, .to_tag = "t", .record_route = true});
  whole.add("X-Echo", request.request_uri());
  check_answer(request, whole.finish("text/plain", request.body()), 1);
  const auto head = take_answer_head(request, "t");
  check_answer(request, write_answer(head, MessageWriter::response(407), "text/plain", request.body()),
               request.count(Header::timestamp));
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
    require(field.name == fields[i].name && field.value == tidy(fields[i].value));
  }
  require(again.message.body() == message.body());
}

// False: there is no Via to stamp.
bool stamp(Message& message, const Endpoint& source) {
  const auto before = validate_request(message);
  const auto body = std::string(message.body());
  const bool readable = read_top_via(message).has_value();
  require(stamp_via(message, source) == readable);
  const auto once = std::string(message.text());
  require(stamp_via(message, source) == readable && message.text() == once);
  require(message.body() == body && what(validate_request(message)) == what(before));
  if (!readable) return false;
  const auto via = read_top_via(message);
  require(!via->wants_rport() || via->rport() == source.port);
  require(via->received().empty() ? host_address(via->host) == source.ip
                                  : via->received() == source.ip.to_string());
  return true;
}

// A refusal makes an ACK, and whatever else it says may not get into that.
void follow_up(const Message& response) {
  static const auto kHead = take_request_head(
      "INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@h>;tag=a\r\n"
      "To: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n\r\n");
  const auto ack = parse_datagram(write_refusal_ack(kHead, response));
  if (fits_limits(ack)) {
    require(!validate_request(ack.message) && ack.message.field_count() == 7);
    require(ack.message.value(Header::to) == tidy(response.value(Header::to)));
  }
  const auto cancel = parse_datagram(write_cancel(kHead, response.value(Header::reason)).bytes);
  if (fits_limits(cancel)) require(!validate_request(cancel.message));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto parsed = parse_datagram(std::string(reinterpret_cast<const char*>(bytes), size));
  read_all(parsed.message);
  if (parsed.ok()) {
    copy(parsed.message);
    read_again(parsed.message);
    compare_uris(parsed.message);
  }
  if (!parsed.message.is_request()) {
    if (parsed.ok() && !validate_response(parsed.message)) follow_up(parsed.message);
    return 0;
  }
  if (!parsed.ok() && !parsed.answerable()) return 0;
  for (const auto* source : {"192.0.2.1:5060", "[2001:db8:1111:2222:3333:4444:5555:6666]:65535"}) {
    auto message = parsed.message;
    if (!stamp(message, *parse_endpoint(source))) break;
    read_all(message);
    if (parsed.ok()) read_again(message);
    if (parsed.answerable()) answer(message);
  }
  return 0;
}
