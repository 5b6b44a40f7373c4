// What is asked of every message before anybody looks at what it wants: RFC 3261 sections 8.1.1, 8.2, 16.3.

#include <array>

#include "sip/message/headers.h"
#include "sip/message/parse.h"

namespace portico::sip {
namespace {

constexpr Fault bad(std::string_view what) { return {.status = 400, .what = what}; }

struct Once {
  Header id;
  std::string_view what;
};
// Section 7.3.1: fields that are no lists may not be there twice.
constexpr std::array kOnce{Once{Header::from, "From twice"},
                           Once{Header::to, "To twice"},
                           Once{Header::call_id, "Call-ID twice"},
                           Once{Header::cseq, "CSeq twice"},
                           Once{Header::max_forwards, "Max-Forwards twice"},
                           Once{Header::content_type, "Content-Type twice"},
                           Once{Header::content_length, "Content-Length twice"},
                           Once{Header::expires, "Expires twice"},
                           Once{Header::session_expires, "Session-Expires twice"},
                           Once{Header::min_se, "Min-SE twice"},
                           Once{Header::rack, "RAck twice"},
                           Once{Header::rseq, "RSeq twice"},
                           Once{Header::event, "Event twice"},
                           Once{Header::refer_to, "Refer-To twice"},
                           Once{Header::replaces, "Replaces twice"}};

// One walk over the fields rather than one for each row.
std::optional<Fault> find_repeated(const Message& message) {
  std::array<bool, kHeaderNames> seen{};
  for (std::size_t i = 0; i < message.field_count(); ++i) {
    const auto id = message.field(i).id;
    auto& before = seen[static_cast<std::size_t>(id)];
    if (before) {
      for (const auto& once : kOnce) {
        if (once.id == id) return bad(once.what);
      }
    }
    before = true;
  }
  return std::nullopt;
}

std::optional<Fault> check_vias(const Message& message) {
  bool any = false;
  for (const auto value : message.values(Header::via)) {
    const bool sound = any ? parse_via(value).has_value() : read_top_via(message).has_value();
    if (!sound) return bad("Via malformed");
    any = true;
  }
  return any ? std::nullopt : std::optional(bad("Via missing"));
}

// What both requests and responses must have.
std::optional<Fault> check_identity(const Message& message, std::string_view method) {
  if (auto fault = find_repeated(message)) return fault;
  if (auto fault = check_vias(message)) return fault;
  if (const auto from = read_from(message); !from || from->is_star()) return bad("From missing or malformed");
  if (const auto to = read_to(message); !to || to->is_star()) return bad("To missing or malformed");
  if (!read_call_id(message)) return bad("Call-ID missing or malformed");
  const auto cseq = read_cseq(message);
  if (!cseq) return bad("CSeq missing or malformed");
  if (!method.empty() && cseq->method_text != method) return bad("CSeq names another method");
  return std::nullopt;
}

std::optional<Fault> check_uri(std::string_view text) {
  const auto uri = parse_uri(text);
  if (!uri) return bad("Request-URI malformed");
  // A telephone number is for whoever knows what to do with it.
  if (uri->scheme == Scheme::other) return Fault{.status = 416, .what = "URI scheme not supported"};
  // RFC 3261 section 19.1.1: no headers in a Request-URI.
  if (!uri->headers.empty()) return bad("headers in the Request-URI");
  return std::nullopt;
}

std::optional<Fault> check_addresses(const Message& message, Header id, std::string_view what) {
  for (const auto value : message.values(id)) {
    const auto address = parse_name_addr(value);
    if (!address || (address->is_star() && id != Header::contact)) return bad(what);
  }
  return std::nullopt;
}

bool absent_or_sound(const Message& message, Header id) {
  return !message.has(id) || read_number(message, id).has_value();
}

}  // namespace

std::optional<Fault> validate_request(const Message& request) {
  if (auto fault = check_identity(request, request.method_text())) return fault;
  if (auto fault = check_uri(request.request_uri())) return fault;
  if (request.has(Header::max_forwards) && !read_max_forwards(request)) return bad("Max-Forwards malformed");
  if (!absent_or_sound(request, Header::expires)) return bad("Expires malformed");
  if (request.has(Header::content_type) && !read_content_type(request)) return bad("Content-Type malformed");
  if (auto fault = check_addresses(request, Header::contact, "Contact malformed")) return fault;
  if (auto fault = check_addresses(request, Header::route, "Route malformed")) return fault;
  // A missing Contact is no fault here: RFC 2543 INVITEs have none (RFC 4475 section 3.4.1); who needs one
  // asks.
  return check_addresses(request, Header::record_route, "Record-Route malformed");
}

std::optional<Fault> validate_response(const Message& response) {
  if (auto fault = check_identity(response, {})) return fault;
  // Section 8.1.3.3: we are no proxy, so nobody is behind us.
  std::size_t vias = 0;
  for ([[maybe_unused]] const auto via : response.values(Header::via)) ++vias;
  if (vias > 1) return bad("response for another element");
  if (auto fault = check_addresses(response, Header::record_route, "Record-Route malformed")) return fault;
  return check_addresses(response, Header::contact, "Contact malformed");
}

}  // namespace portico::sip
