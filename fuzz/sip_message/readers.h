#pragma once
// Every reader of a message, on every field: what it takes must be what it says it is, and reads the same
// once written.

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "sip/dialog/content.h"
#include "sip/dialog/sdp_body.h"
#include "sip/digest/challenge.h"
#include "sip/digest/credentials.h"
#include "sip/message/escape.h"
#include "sip/message/headers.h"
#include "sip/message/write.h"

namespace {

using namespace portico;  // NOLINT: a program of its own
using namespace portico::sip;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string without_nul(std::string_view text) {
  std::string out(text);
  std::ranges::replace(out, '\0', ' ');
  return out;
}

void read_uri(std::string_view text) {
  const auto uri = parse_uri(text);
  if (!uri) return;
  require(equivalent(*uri, *uri));
  const auto written = to_string(*uri);
  const auto again = parse_uri(written);
  require(again.has_value() && equivalent(*uri, *again) && to_string(*again) == written);
  (void)host_address(uri->host);
}

void read_address_field(std::string_view value) {
  const auto address = parse_name_addr(value);
  if (!address || address->is_star()) return;
  read_uri(address->uri_text);
  const auto display = display_name(*address);
  const auto written = name_addr(display, address->uri_text, address->params.raw());
  const auto again = parse_name_addr(written);
  require(again.has_value() && again->uri_text == address->uri_text && again->tag() == address->tag());
  require(display_name(*again) == without_nul(display));
}

void read_field(std::string_view value) {
  read_address_field(value);
  if (const auto via = parse_via(value)) {
    (void)via->branch();
    (void)via->rport();
  }
  (void)parse_media_type(value);
  (void)parse_reason(value);
  (void)parse_user_to_user(value);
  (void)parse_replaces(value);
  const auto plain = unquote(value);
  require(unquote(quote(plain)) == without_nul(plain));
  require(unescape(escape_user(plain)) == plain && unescape(escape_param(plain)) == plain);
  require(unescape(escape_uri_header(plain)) == plain && well_formed_escapes(escape_user(plain)));
}

void read_typed(const Message& message) {
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
}

void read_logins(const Message& message) {
  const auto credentials = read_credentials(message, Header::proxy_authorization, "r");
  require(!credentials || (credentials->realm == "r" && !credentials->nonce.empty()));
  const auto challenge = choose_challenge(message, Header::proxy_authenticate);
  require(!challenge || challenge->algorithm != DigestAlgorithm::other);
}

void read_body(const Message& message) {
  const auto body = message.body();
  const auto sdp = find_sdp(message);
  const auto at = sdp.empty() ? 0 : static_cast<std::size_t>(sdp.data() - body.data());
  require(at <= body.size() && sdp.size() <= body.size() - at);
  const auto refusal = refuse_content(message);
  require(!refuse_body(message) || (refusal && refusal->status == 415));
}

void read_all(const Message& message) {
  read_typed(message);
  read_logins(message);
  read_body(message);
  read_uri(message.request_uri());
  for (std::size_t i = 0; i < message.field_count(); ++i) {
    const auto field = message.field(i);
    require(fit_name(field.name) && field.value.find_first_of("\r\n") == std::string_view::npos);
    read_field(field.value);
    for (const auto value : message.values(field.id)) require(!value.empty());
  }
}

// Two addresses are the same or not, whichever is asked about the other.
void compare_uris(const Message& message) {
  constexpr std::size_t kUrisMax = 12;
  std::vector<std::string_view> texts{message.request_uri()};
  for (const auto id : {Header::contact, Header::route, Header::from, Header::to}) {
    for (const auto value : message.values(id)) {
      const auto address = parse_name_addr(value);
      if (address && texts.size() < kUrisMax) texts.push_back(address->uri_text);
    }
  }
  for (const auto a : texts) {
    const auto left = parse_uri(a);
    for (const auto b : texts) {
      const auto right = parse_uri(b);
      if (!left || !right) continue;
      require(equivalent(*left, *right) == equivalent(*right, *left));
      require(a.size() > limits::kSipStartLineBytesMax ||
              digest_uri_matches(a, b) == equivalent(*left, *right));
    }
  }
}

}  // namespace
