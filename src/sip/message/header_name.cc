#include "sip/message/header_name.h"

#include <array>

#include "sip/message/chars.h"

namespace portico::sip {
namespace {

struct Name {
  Header id;
  std::string_view text;
  char compact = 0;  // RFC 3261 section 7.3.3 and the IANA registry
};

constexpr std::array kNames{
    Name{Header::other, ""},
    Name{Header::accept, "Accept"},
    Name{Header::accept_encoding, "Accept-Encoding"},
    Name{Header::accept_language, "Accept-Language"},
    Name{Header::alert_info, "Alert-Info"},
    Name{Header::allow, "Allow"},
    Name{Header::allow_events, "Allow-Events", 'u'},
    Name{Header::authentication_info, "Authentication-Info"},
    Name{Header::authorization, "Authorization"},
    Name{Header::call_id, "Call-ID", 'i'},
    Name{Header::call_info, "Call-Info"},
    Name{Header::contact, "Contact", 'm'},
    Name{Header::content_disposition, "Content-Disposition"},
    Name{Header::content_encoding, "Content-Encoding", 'e'},
    Name{Header::content_language, "Content-Language"},
    Name{Header::content_length, "Content-Length", 'l'},
    Name{Header::content_type, "Content-Type", 'c'},
    Name{Header::cseq, "CSeq"},
    Name{Header::date, "Date"},
    Name{Header::diversion, "Diversion"},
    Name{Header::error_info, "Error-Info"},
    Name{Header::event, "Event", 'o'},
    Name{Header::expires, "Expires"},
    Name{Header::from, "From", 'f'},
    Name{Header::history_info, "History-Info"},
    Name{Header::identity, "Identity", 'y'},
    Name{Header::in_reply_to, "In-Reply-To"},
    Name{Header::max_forwards, "Max-Forwards"},
    Name{Header::mime_version, "MIME-Version"},
    Name{Header::min_expires, "Min-Expires"},
    Name{Header::min_se, "Min-SE"},
    Name{Header::organization, "Organization"},
    Name{Header::p_asserted_identity, "P-Asserted-Identity"},
    Name{Header::p_preferred_identity, "P-Preferred-Identity"},
    Name{Header::path, "Path"},
    Name{Header::priority, "Priority"},
    Name{Header::privacy, "Privacy"},
    Name{Header::proxy_authenticate, "Proxy-Authenticate"},
    Name{Header::proxy_authorization, "Proxy-Authorization"},
    Name{Header::proxy_require, "Proxy-Require"},
    Name{Header::rack, "RAck"},
    Name{Header::reason, "Reason"},
    Name{Header::record_route, "Record-Route"},
    Name{Header::refer_to, "Refer-To", 'r'},
    Name{Header::referred_by, "Referred-By", 'b'},
    Name{Header::replaces, "Replaces"},
    Name{Header::reply_to, "Reply-To"},
    Name{Header::require, "Require"},
    Name{Header::retry_after, "Retry-After"},
    Name{Header::route, "Route"},
    Name{Header::rseq, "RSeq"},
    Name{Header::server, "Server"},
    Name{Header::service_route, "Service-Route"},
    Name{Header::session_expires, "Session-Expires", 'x'},
    Name{Header::subject, "Subject", 's'},
    Name{Header::subscription_state, "Subscription-State"},
    Name{Header::supported, "Supported", 'k'},
    Name{Header::timestamp, "Timestamp"},
    Name{Header::to, "To", 't'},
    Name{Header::unsupported, "Unsupported"},
    Name{Header::user_agent, "User-Agent"},
    Name{Header::user_to_user, "User-to-User"},
    Name{Header::via, "Via", 'v'},
    Name{Header::warning, "Warning"},
    Name{Header::www_authenticate, "WWW-Authenticate"},
};
static_assert(kNames.size() == kHeaderNames);
static_assert([] {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i].id != static_cast<Header>(i)) return false;
  }
  return true;
}());

// A hash of length, first, middle and last character into 256 slots of at most one probe run; made at compile
// time.
constexpr std::size_t kSlots = 256;
constexpr std::size_t slot_of(std::string_view name) {
  const auto at = [name](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(to_lower(name[i])));
  };
  return (name.size() * 7 + at(0) * 3 + at(name.size() / 2) * 29 + at(name.size() - 1) * 61) % kSlots;
}
constexpr auto kTable = [] {
  std::array<std::uint8_t, kSlots> table{};
  for (std::size_t i = 1; i < kNames.size(); ++i) {
    auto slot = slot_of(kNames[i].text);
    while (table[slot] != 0) slot = (slot + 1) % kSlots;
    table[slot] = static_cast<std::uint8_t>(i);
  }
  return table;
}();
constexpr auto kCompact = [] {
  std::array<Header, 128> table{};
  for (const auto& name : kNames) {
    if (name.compact != 0) table[static_cast<unsigned char>(name.compact)] = name.id;
  }
  return table;
}();

}  // namespace

Header find_header(std::string_view name) {
  if (name.empty()) return Header::other;
  if (name.size() == 1) {
    const auto c = static_cast<unsigned char>(to_lower(name[0]));
    return c < kCompact.size() ? kCompact[c] : Header::other;
  }
  for (auto slot = slot_of(name); kTable[slot] != 0; slot = (slot + 1) % kSlots) {
    if (equal_nocase(kNames[kTable[slot]].text, name)) return kNames[kTable[slot]].id;
  }
  return Header::other;
}

std::string_view header_name(Header header) { return kNames[static_cast<std::size_t>(header)].text; }

}  // namespace portico::sip
