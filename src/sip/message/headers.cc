#include "sip/message/headers.h"

#include <algorithm>
#include <limits>

#include "sip/message/chars.h"

namespace portico::sip {
namespace {

constexpr std::uint64_t kMax32 = std::numeric_limits<std::uint32_t>::max();

Unexpected missing(Header id) {
  return fail(Code::not_found, std::string(header_name(id)).append(" is missing"));
}
Unexpected malformed(Header id) {
  return fail(Code::invalid, std::string(header_name(id)).append(" is malformed"));
}

// Takes what stands before the next blank off `rest`.
std::string_view take_word(std::string_view& rest) {
  rest = trim_left(rest);
  const auto word = rest.substr(0, rest.find_first_of(" \t"));
  rest = trim_left(rest.substr(word.size()));
  return word;
}

struct Split {
  std::string_view head;
  Params params;
  bool sound = false;
};
Split split_params(std::string_view value) {
  const auto semicolon = value.find(';');
  Split out{.head = trim(value.substr(0, semicolon)), .params = {}, .sound = true};
  if (semicolon == std::string_view::npos) return out;
  out.params = Params(value.substr(semicolon + 1));
  out.sound = well_formed_params(out.params.raw());
  return out;
}

bool parse_cseq(std::string_view value, CSeq& out) {
  // RFC 3261 section 8.1.1.5: less than 2^31.
  if (!to_number(take_word(value), out.number, 0x7FFF'FFFF) || !is_token(value)) return false;
  out.method_text = value;
  out.method = find_method(value);
  return true;
}

Result<Event> read_package(const Message& message, Header id) {
  if (!message.has(id)) return missing(id);
  const auto split = split_params(message.value(id));
  if (!split.sound || !is_token(split.head)) return malformed(id);
  return Event{.name = split.head, .params = split.params};
}

}  // namespace

Result<std::string_view> read_call_id(const Message& message) {
  if (!message.has(Header::call_id)) return missing(Header::call_id);
  const auto value = message.value(Header::call_id);
  // word [ "@" word ], and whatever else peers make of it (base64's '=', a second '@') as long as it is one
  // word.
  const bool sound = !value.empty() && std::ranges::all_of(value, [](char c) { return c > ' ' && c < 0x7F; });
  if (!sound) return malformed(Header::call_id);
  return value;
}

Result<CSeq> read_cseq(const Message& message) {
  if (!message.has(Header::cseq)) return missing(Header::cseq);
  CSeq out;
  if (!parse_cseq(message.value(Header::cseq), out)) return malformed(Header::cseq);
  return out;
}

Result<std::uint32_t> read_number(const Message& message, Header id) {
  if (!message.has(id)) return missing(id);
  std::uint32_t out = 0;
  // Min-SE and RSeq may carry parameters.
  const auto split = split_params(message.value(id));
  if (!split.sound || !to_number(split.head, out, kMax32)) return malformed(id);
  return out;
}

Result<std::uint32_t> read_max_forwards(const Message& message) {
  auto hops = read_number(message, Header::max_forwards);
  if (hops && *hops > 255) return malformed(Header::max_forwards);
  return hops;
}

Result<SessionExpires> read_session_expires(const Message& message) {
  using Refresher = SessionExpires::Refresher;
  if (!message.has(Header::session_expires)) return missing(Header::session_expires);
  const auto split = split_params(message.value(Header::session_expires));
  SessionExpires out;
  if (!split.sound || !to_number(split.head, out.seconds, kMax32)) return malformed(Header::session_expires);
  const auto who = split.params.find("refresher").value_or("");
  out.refresher = equal_nocase(who, "uac")   ? Refresher::uac
                  : equal_nocase(who, "uas") ? Refresher::uas
                                             : Refresher::unsaid;
  return out;
}

Result<RAck> read_rack(const Message& message) {
  if (!message.has(Header::rack)) return missing(Header::rack);
  auto value = message.value(Header::rack);
  RAck out;
  if (!to_number(take_word(value), out.rseq, kMax32) || !parse_cseq(value, out.cseq))
    return malformed(Header::rack);
  return out;
}

bool MediaType::is(std::string_view wanted_type, std::string_view wanted_subtype) const {
  return equal_nocase(type, wanted_type) && equal_nocase(subtype, wanted_subtype);
}

Result<MediaType> parse_media_type(std::string_view value) {
  const auto split = split_params(value);
  const auto slash = split.head.find('/');
  if (!split.sound || slash == std::string_view::npos) return malformed(Header::content_type);
  MediaType out{.type = trim(split.head.substr(0, slash)),
                .subtype = trim(split.head.substr(slash + 1)),
                .params = split.params};
  if (!is_token(out.type) || !is_token(out.subtype)) return malformed(Header::content_type);
  return out;
}

Result<MediaType> read_content_type(const Message& message) {
  if (!message.has(Header::content_type)) return missing(Header::content_type);
  return parse_media_type(message.value(Header::content_type));
}

Result<Reason> parse_reason(std::string_view value) {
  const auto split = split_params(value);
  if (!split.sound || !is_token(split.head)) return malformed(Header::reason);
  Reason out{.protocol = split.head, .cause = std::nullopt, .text = split.params.find("text").value_or("")};
  if (const auto cause = split.params.find("cause")) {
    int number = 0;
    if (!to_number(*cause, number, 1'000'000)) return malformed(Header::reason);
    out.cause = number;
  }
  return out;
}

Result<RetryAfter> read_retry_after(const Message& message) {
  if (!message.has(Header::retry_after)) return missing(Header::retry_after);
  // delta-seconds [ comment ] *( SEMI retry-param ): only what stands before the comment is of use.
  const auto value = message.value(Header::retry_after);
  const auto digits = value.substr(0, value.find_first_of(" \t(;"));
  RetryAfter out;
  if (!to_number(digits, out.seconds, kMax32)) return malformed(Header::retry_after);
  auto rest = trim_left(value.substr(digits.size()));
  if (rest.starts_with('(')) {
    const auto close = rest.rfind(')');
    if (close == std::string_view::npos) return malformed(Header::retry_after);
    rest = trim_left(rest.substr(close + 1));
  }
  if (rest.empty()) return out;
  if (rest.front() != ';' || !well_formed_params(rest.substr(1))) return malformed(Header::retry_after);
  out.params = Params(rest.substr(1));
  return out;
}

Result<Event> read_event(const Message& message) { return read_package(message, Header::event); }
Result<Event> read_subscription_state(const Message& message) {
  return read_package(message, Header::subscription_state);
}

Result<Replaces> parse_replaces(std::string_view value) {
  const auto split = split_params(value);
  Replaces out{.call_id = split.head,
               .to_tag = split.params.find("to-tag").value_or(""),
               .from_tag = split.params.find("from-tag").value_or(""),
               .early_only = split.params.has("early-only")};
  if (!split.sound || out.call_id.empty() || out.to_tag.empty() || out.from_tag.empty()) {
    return malformed(Header::replaces);
  }
  return out;
}

Result<Replaces> read_replaces(const Message& message) {
  if (!message.has(Header::replaces)) return missing(Header::replaces);
  return parse_replaces(message.value(Header::replaces));
}

Result<UserToUser> parse_user_to_user(std::string_view value) {
  value = trim(value);
  const auto quoted = value.starts_with('"') ? quoted_length(value) : 0;
  if (value.empty() || (value.front() == '"' && quoted == 0)) return malformed(Header::user_to_user);
  const auto semicolon = value.find(';', quoted);
  UserToUser out{.content = trim(value.substr(0, semicolon)), .params = {}};
  if (semicolon == std::string_view::npos) return out;
  out.params = Params(value.substr(semicolon + 1));
  if (!well_formed_params(out.params.raw())) return malformed(Header::user_to_user);
  return out;
}

bool lists_token(const Message& message, Header id, std::string_view token) {
  const bool exact = id == Header::allow;
  for (const auto value : message.values(id)) {
    if (exact ? value == token : equal_nocase(value, token)) return true;
  }
  return false;
}

bool wants_privacy(const Message& message, std::string_view kind) {
  for (const auto value : message.values(Header::privacy)) {
    auto rest = value;
    while (const auto param = Params::next(rest)) {
      if (equal_nocase(param->name, kind)) return true;
    }
  }
  return false;
}

}  // namespace portico::sip
