// The words for reasons: codes for machines, sentences for the owner of the application.

#include <array>
#include <utility>

#include "admission/decide.h"

namespace portico::admission {
namespace {

struct Word {
  Reason reason;
  std::string_view code;
  std::string_view sentence;
};

constexpr std::array kWords{
    Word{Reason::bad_request, "bad-request", "The INVITE cannot be read or lacks a mandatory header."},
    Word{Reason::message_too_large, "message-too-large", "The INVITE is larger than we take."},
    Word{Reason::uri_too_long, "uri-too-long", "The Request-URI is longer than we take."},
    Word{Reason::bad_version, "bad-version", "The INVITE is not of SIP/2.0."},
    Word{Reason::too_many_hops, "too-many-hops", "Max-Forwards reached 0 on the way."},
    Word{Reason::loop_detected, "loop-detected",
         "The INVITE has been here before: it is routed in a circle."},
    Word{Reason::bad_extension, "bad-extension", "The INVITE requires a SIP extension that we do not have."},
    Word{Reason::source_rate, "source-rate", "The source address sends more INVITEs a second than allowed."},
    Word{Reason::unsupported_scheme, "unsupported-scheme", "The Request-URI is neither sip: nor sips:."},
    Word{Reason::foreign_host, "foreign-host", "The Request-URI names a host that is not ours."},
    Word{Reason::unknown_application, "unknown-application",
         "The user part is not the UUID of an application with inbound SIP calls enabled."},
    Word{Reason::region_not_allowed, "region-not-allowed",
         "The call arrived in a region that allowedRegions does not list."},
    Word{Reason::source_not_allowed, "source-not-allowed",
         "The source address is in no block of allowedSourceIps."},
    Word{Reason::tls_required, "tls-required", "TLS is required here, and the INVITE came without."},
    Word{Reason::challenge, "challenge",
         "The INVITE carries no credentials for our realm; they were asked for."},
    Word{Reason::stale_nonce, "stale-nonce", "The nonce has expired; a fresh one was given."},
    Word{Reason::replayed_nonce, "replayed-nonce",
         "The password is right, but this nonce count was used before; a fresh nonce was given."},
    Word{Reason::malformed_credentials, "malformed-credentials",
         "Proxy-Authorization cannot be read or does not fit the request."},
    Word{Reason::wrong_password, "wrong-password",
         "The user name, the password or what was signed with it is wrong."},
    Word{Reason::auth_lockout, "auth-lockout",
         "Too many wrong passwords from this address; it is refused for a minute."},
    Word{Reason::unsupported_body, "unsupported-body",
         "The body of the INVITE is no session description, or is compressed."},
    Word{Reason::answer_unwanted, "answer-unwanted",
         "The INVITE's Accept header leaves no room for application/sdp."},
    Word{Reason::bad_sdp, "bad-sdp", "The session description cannot be read."},
    Word{Reason::no_common_codec, "no-common-codec", "No stream of the offer can be taken."},
    Word{Reason::srtp_required, "srtp-required", "SRTP is required here, and the offer has none."},
    Word{Reason::session_interval, "session-interval",
         "The INVITE asks for a session timer shorter than we take."},
    Word{Reason::concurrent_calls, "concurrent-calls", "The account has as many calls as it may."},
    Word{Reason::calls_per_second, "calls-per-second", "The account starts more calls a second than it may."},
    Word{Reason::node_full, "node-full", "This node carries as many calls as it can."},
    Word{Reason::node_draining, "node-draining", "This node is shutting down and takes no more calls."},
    Word{Reason::admitted, "admitted", "The call is admitted."},
};
static_assert(kWords.size() == kReasons);

constexpr bool indexed() {
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (static_cast<std::size_t>(kWords[i].reason) != i) return false;
  }
  return true;
}
static_assert(indexed(), "one word for each reason, in the order of the enumeration");

const Word& word(Reason reason) { return kWords[static_cast<std::size_t>(reason)]; }

template <typename List, typename Text>
std::string joined(const List& list, Text text) {
  std::string out;
  for (const auto& item : list) out += (out.empty() ? "" : ", ") + std::string(text(item));
  return out.empty() ? "empty" : out;
}

std::string why(const Facts& facts) {
  return facts.why.empty() ? std::string() : "Why: " + std::string(facts.why) + ".";
}

// The particulars that let the owner mend it.
std::string particulars(const Decision& decision, const Facts& facts) {
  switch (decision.reason) {
    case Reason::source_rate:
      return "Source: " + facts.source.to_string() + ".";
    case Reason::region_not_allowed:
      return "Region: " + std::string(facts.region) + "; allowedRegions: " +
             joined(facts.application->allowed_regions, [](const std::string& region) { return region; }) +
             ".";
    case Reason::source_not_allowed:
      return "Source: " + facts.source.to_string() + "; allowedSourceIps: " +
             joined(facts.application->allowed_sources, [](const Cidr& block) { return block.to_string(); }) +
             ".";
    case Reason::tls_required:
      return "Transport: " + std::string(transport_name(facts.transport)) + ".";
    case Reason::stale_nonce:
      return facts.nonce_was_given ? "The password is right."
                                   : "It is so old that nothing else was looked at.";
    case Reason::wrong_password:
      if (!facts.nonce_was_given)
        return "The nonce was not one that we gave to this address: nothing else was looked at.";
      return why(facts);
    case Reason::bad_request:
    case Reason::bad_extension:
    case Reason::challenge:
    case Reason::malformed_credentials:
    case Reason::bad_sdp:
    case Reason::no_common_codec:
    case Reason::srtp_required:
      return why(facts);
    default:
      return {};
  }
}

}  // namespace

std::string_view reason_code(Reason reason) { return word(reason).code; }

std::string explanation(const Decision& decision, const Facts& facts) {
  std::string out(word(decision.reason).sentence);
  const std::string more = particulars(decision, facts);
  if (!more.empty()) out += " " + more;
  return out;
}

}  // namespace portico::admission
