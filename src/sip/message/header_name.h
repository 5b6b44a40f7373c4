#pragma once
// Header field names this stack has business with. Others are Header::other and keep their text.

#include <string_view>

namespace portico::sip {

enum class Header : unsigned char {
  other,
  accept,
  accept_encoding,
  accept_language,
  alert_info,
  allow,
  allow_events,
  authentication_info,
  authorization,
  call_id,
  call_info,
  contact,
  content_disposition,
  content_encoding,
  content_language,
  content_length,
  content_type,
  cseq,
  date,
  diversion,
  error_info,
  event,
  expires,
  from,
  history_info,
  identity,
  in_reply_to,
  max_forwards,
  mime_version,
  min_expires,
  min_se,
  organization,
  p_asserted_identity,
  p_preferred_identity,
  path,
  priority,
  privacy,
  proxy_authenticate,
  proxy_authorization,
  proxy_require,
  rack,
  reason,
  record_route,
  refer_to,
  referred_by,
  replaces,
  reply_to,
  require,
  retry_after,
  route,
  rseq,
  server,
  service_route,
  session_expires,
  subject,
  subscription_state,
  supported,
  timestamp,
  to,
  unsupported,
  user_agent,
  user_to_user,
  via,
  warning,
  www_authenticate,
};
inline constexpr unsigned kHeaderNames = static_cast<unsigned>(Header::www_authenticate) + 1;

// Any case, long or compact form (RFC 3261 section 7.3.3 and the IANA registry).
Header find_header(std::string_view name);
std::string_view header_name(Header header);  // the long form; "" for other

}  // namespace portico::sip
