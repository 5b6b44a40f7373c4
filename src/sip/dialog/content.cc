#include "sip/dialog/content.h"

#include "sip/dialog/sdp_body.h"
#include "sip/message/chars.h"
#include "sip/message/headers.h"

namespace portico::sip {
namespace {

// No type of body may go unread, unless the sender says so.
bool must_be_read(const Message& request) {
  if (request.body().empty()) return false;
  const auto disposition = request.value(Header::content_disposition);
  const auto semicolon = disposition.find(';');
  if (semicolon == std::string_view::npos) return true;
  const auto handling = Params(disposition.substr(semicolon + 1)).find("handling");
  return !(handling && equal_nocase(*handling, "optional"));
}

// What an INVITE is answered with is application/sdp.
bool takes_sdp(const Message& request) {
  if (!request.has(Header::accept)) return true;
  for (const auto value : request.values(Header::accept)) {
    const auto type = parse_media_type(value);
    if (!type) continue;
    if (type->is("application", "sdp") || type->is("application", "*") || type->is("*", "*")) return true;
  }
  return false;
}

}  // namespace

std::optional<Refusal> refuse_body(const Message& request) {
  if (!must_be_read(request)) return std::nullopt;
  const auto coding = request.value(Header::content_encoding);
  if (!coding.empty() && !equal_nocase(coding, "identity")) {
    return Refusal{.status = 415, .reason = {}, .headers = {{"Accept-Encoding", "identity"}}};
  }
  if (find_sdp(request).empty()) {
    return Refusal{.status = 415, .reason = {}, .headers = {{"Accept", "application/sdp"}}};
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_content(const Message& invite) {
  if (auto refusal = refuse_body(invite)) return refusal;
  if (!takes_sdp(invite)) return Refusal{.status = 406, .reason = {}, .headers = {}};
  return std::nullopt;
}

}  // namespace portico::sip
