#pragma once
// Typed reading of header fields, when asked for and not before. Views point into the message (or text)
// given. Errors: Code::not_found when the field is absent, Code::invalid when it breaks the grammar.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sip/message/message.h"
#include "sip/message/uri.h"

namespace portico::sip {

// From, To, Contact, Route, Refer-To, P-Asserted-Identity, Diversion …: [display] <uri> ;params, or uri
// ;params.
struct NameAddr {
  std::string_view display;   // without quotes, escapes kept; display_name() takes them out
  std::string_view uri_text;  // "*" for the Contact of that form, `uri` is then empty
  Uri uri;
  Params params;  // of the field, not of the URI

  bool is_star() const { return uri_text == "*"; }
  std::string_view tag() const { return params.find("tag").value_or(""); }
};
Result<NameAddr> parse_name_addr(std::string_view value);
std::string display_name(const NameAddr& address);

enum class ViaTransport : unsigned char { udp, tcp, tls, ws, wss, sctp, other };

struct Via {
  ViaTransport transport = ViaTransport::other;
  std::string_view transport_text;
  std::string_view host;   // sent-by; an IPv6 reference keeps its brackets
  std::uint16_t port = 0;  // 0: not given
  Params params;

  std::string_view branch() const { return params.find("branch").value_or(""); }
  std::string_view received() const { return params.find("received").value_or(""); }
  bool wants_rport() const { return params.has("rport"); }
  std::uint16_t rport() const;    // 0: absent or without value
  bool has_magic_branch() const;  // RFC 3261: "z9hG4bK" and more
};
Result<Via> parse_via(std::string_view value);

struct CSeq {
  std::uint32_t number = 0;
  Method method = Method::other;
  std::string_view method_text;
};
struct SessionExpires {
  enum class Refresher : unsigned char { unsaid, uac, uas };
  std::uint32_t seconds = 0;
  Refresher refresher = Refresher::unsaid;
};
struct RAck {
  std::uint32_t rseq = 0;
  CSeq cseq;
};
struct MediaType {
  std::string_view type;
  std::string_view subtype;
  Params params;
  bool is(std::string_view wanted_type, std::string_view wanted_subtype) const;  // without regard to case
};
struct Reason {  // RFC 3326
  std::string_view protocol;
  std::optional<int> cause;
  std::string_view text;  // raw, maybe quoted
};
struct RetryAfter {
  std::uint32_t seconds = 0;
  Params params;  // duration
};
struct Event {  // RFC 6665: Event, Subscription-State
  std::string_view name;
  Params params;
};
struct Replaces {  // RFC 3891
  std::string_view call_id;
  std::string_view to_tag;
  std::string_view from_tag;
  bool early_only = false;
};
struct UserToUser {          // RFC 7433
  std::string_view content;  // raw, maybe quoted
  Params params;
};

// The first three are parsed once a message, however often they are asked for.
struct Readings {
  std::optional<NameAddr> from;
  std::optional<NameAddr> to;
  std::optional<Via> top_via;
};
Result<NameAddr> read_from(const Message& message);
Result<NameAddr> read_to(const Message& message);
Result<Via> read_top_via(const Message& message);
Result<std::string_view> read_call_id(const Message& message);
Result<CSeq> read_cseq(const Message& message);
// The first value of a header of NameAddr form: Contact, Route, Refer-To, Referred-By, Diversion,
// P-Asserted-Identity…
Result<NameAddr> read_address(const Message& message, Header id);
inline Result<NameAddr> read_contact(const Message& message) {
  return read_address(message, Header::contact);
}
// Max-Forwards, Expires, Min-Expires, Min-SE, RSeq, Content-Length: one number of 32 bits.
Result<std::uint32_t> read_number(const Message& message, Header id);
Result<std::uint32_t> read_max_forwards(const Message& message);  // 0..255
Result<SessionExpires> read_session_expires(const Message& message);
Result<RAck> read_rack(const Message& message);
Result<MediaType> read_content_type(const Message& message);
Result<RetryAfter> read_retry_after(const Message& message);
Result<Event> read_event(const Message& message);
Result<Event> read_subscription_state(const Message& message);
Result<Replaces> read_replaces(const Message& message);

Result<MediaType> parse_media_type(std::string_view value);
Result<Reason> parse_reason(std::string_view value);  // one value of values(Header::reason)
Result<UserToUser> parse_user_to_user(std::string_view value);
Result<Replaces> parse_replaces(std::string_view value);  // also for the header inside a Refer-To, unescaped

// Allow, Supported, Require, Allow-Events…: is `token` among the values? Option tags and methods compare
// exactly as their grammar says: methods with case, the rest without.
bool lists_token(const Message& message, Header id, std::string_view token);
// Privacy separates by ';'.
bool wants_privacy(const Message& message, std::string_view kind);

}  // namespace portico::sip
