#include "admission/decide.h"

#include <algorithm>
#include <array>

namespace portico::admission {
namespace {

using Test = bool (*)(const Facts&);

struct Row {
  Decision decision;
  Test holds;
};

constexpr bool password_on(const Facts& f) { return f.application->password_auth_enabled; }

constexpr std::string_view kUnavailable = "Service Unavailable";
constexpr std::string_view kForbidden = "Forbidden";
constexpr std::string_view kProve = "Proxy Authentication Required";

// Contract voice-applications.md 5.2, row by row. Tests below step 5 may use the application; they are only
// asked when step 5 found one.
constexpr std::array kRows{
    Row{{.step = Step::request, .reason = Reason::bad_request, .status = 400, .phrase = "Bad Request"},
        [](const Facts& f) {
          return f.fault == RequestFault::malformed || f.fault == RequestFault::missing_header;
        }},
    Row{{.step = Step::request,
         .reason = Reason::message_too_large,
         .status = 413,
         .phrase = "Message Too Large"},
        [](const Facts& f) { return f.fault == RequestFault::too_large; }},
    Row{{.step = Step::request,
         .reason = Reason::uri_too_long,
         .status = 414,
         .phrase = "Request-URI Too Long"},
        [](const Facts& f) { return f.fault == RequestFault::uri_too_long; }},
    Row{{.step = Step::request,
         .reason = Reason::bad_version,
         .status = 505,
         .phrase = "Version Not Supported"},
        [](const Facts& f) { return f.fault == RequestFault::version; }},
    Row{{.step = Step::request, .reason = Reason::too_many_hops, .status = 483, .phrase = "Too Many Hops"},
        [](const Facts& f) { return f.fault == RequestFault::too_many_hops; }},
    Row{{.step = Step::request, .reason = Reason::loop_detected, .status = 482, .phrase = "Loop Detected"},
        [](const Facts& f) { return f.fault == RequestFault::loop; }},
    Row{{.step = Step::request, .reason = Reason::bad_extension, .status = 420, .phrase = "Bad Extension"},
        [](const Facts& f) { return f.fault == RequestFault::unknown_extension; }},

    Row{{.step = Step::source_rate, .reason = Reason::source_rate, .status = 0},
        [](const Facts& f) { return f.over_source_rate && is_datagram(f.transport); }},
    Row{{.step = Step::source_rate,
         .reason = Reason::source_rate,
         .status = 503,
         .phrase = kUnavailable,
         .retry_after_seconds = 1},
        [](const Facts& f) { return f.over_source_rate; }},

    Row{{.step = Step::scheme,
         .reason = Reason::unsupported_scheme,
         .status = 416,
         .phrase = "Unsupported URI Scheme"},
        [](const Facts& f) { return f.scheme == Scheme::other; }},
    Row{{.step = Step::host, .reason = Reason::foreign_host, .status = 404, .phrase = "Not Found"},
        [](const Facts& f) { return !f.host_is_ours; }},
    Row{{.step = Step::application,
         .reason = Reason::unknown_application,
         .status = 404,
         .phrase = "Not Found"},
        [](const Facts& f) { return f.application == nullptr || !f.application->inbound_sip_enabled; }},
    Row{{.step = Step::region, .reason = Reason::region_not_allowed, .status = 403, .phrase = kForbidden},
        [](const Facts& f) { return !f.application->allows_region(f.region); }},
    Row{{.step = Step::source, .reason = Reason::source_not_allowed, .status = 403, .phrase = kForbidden},
        [](const Facts& f) {
          // Neither password nor list cannot be configured. Where both are lost all the same, nobody is
          // meant.
          const bool closed = !password_on(f) && f.application->allowed_sources.empty();
          return closed || !f.application->allows_source(f.source);
        }},
    // Before the challenge, so that nobody is asked for a proof that would not help.
    Row{{.step = Step::source, .reason = Reason::tls_required, .status = 403, .phrase = kForbidden},
        [](const Facts& f) { return demands_tls(f) && !is_secure(f.transport); }},

    Row{{.step = Step::challenge,
         .reason = Reason::challenge,
         .status = 407,
         .phrase = kProve,
         .challenge = true},
        [](const Facts& f) {
          return password_on(f) &&
                 (f.credentials == Credentials::absent || f.credentials == Credentials::other_realm);
        }},
    // Not while locked out: stale=true would tell who guesses that the guess was right.
    Row{{.step = Step::stale,
         .reason = Reason::stale_nonce,
         .status = 407,
         .phrase = kProve,
         .challenge = true,
         .stale = true},
        [](const Facts& f) {
          return password_on(f) && f.credentials == Credentials::stale && !f.locked_out;
        }},
    Row{{.step = Step::stale,
         .reason = Reason::replayed_nonce,
         .status = 407,
         .phrase = kProve,
         .challenge = true,
         .stale = true},
        [](const Facts& f) {
          return password_on(f) && f.credentials == Credentials::replayed && !f.locked_out;
        }},
    Row{{.step = Step::malformed_credentials,
         .reason = Reason::malformed_credentials,
         .status = 400,
         .phrase = "Bad Request"},
        [](const Facts& f) { return password_on(f) && f.credentials == Credentials::malformed; }},
    // Also with the right password, or the lockout would not stop guessing.
    Row{{.step = Step::wrong_credentials,
         .reason = Reason::auth_lockout,
         .status = 403,
         .phrase = kForbidden},
        [](const Facts& f) { return password_on(f) && f.locked_out; }},
    Row{{.step = Step::wrong_credentials,
         .reason = Reason::wrong_password,
         .status = 407,
         .phrase = kProve,
         .challenge = true},
        [](const Facts& f) { return password_on(f) && f.credentials == Credentials::wrong; }},

    Row{{.step = Step::media,
         .reason = Reason::unsupported_body,
         .status = 415,
         .phrase = "Unsupported Media Type"},
        [](const Facts& f) { return f.sdp == SdpFit::unreadable; }},
    Row{{.step = Step::media, .reason = Reason::answer_unwanted, .status = 406, .phrase = "Not Acceptable"},
        [](const Facts& f) { return f.sdp == SdpFit::unwanted; }},
    Row{{.step = Step::media, .reason = Reason::bad_sdp, .status = 488, .phrase = "Not Acceptable Here"},
        [](const Facts& f) { return f.sdp == SdpFit::unparseable; }},
    Row{{.step = Step::media,
         .reason = Reason::no_common_codec,
         .status = 488,
         .phrase = "Not Acceptable Here"},
        [](const Facts& f) { return f.sdp == SdpFit::no_common_codec; }},
    Row{{.step = Step::media,
         .reason = Reason::srtp_required,
         .status = 488,
         .phrase = "Not Acceptable Here"},
        [](const Facts& f) { return f.sdp == SdpFit::no_srtp; }},
    Row{{.step = Step::media,
         .reason = Reason::session_interval,
         .status = 422,
         .phrase = "Session Interval Too Small"},
        [](const Facts& f) { return f.short_interval; }},

    Row{{.step = Step::account_limit,
         .reason = Reason::concurrent_calls,
         .status = 503,
         .phrase = kUnavailable,
         .makes_record = true,
         .retry_after_seconds = 1,
         .cause = "account-limit"},
        [](const Facts& f) { return f.account == AccountUse::too_many_calls; }},
    Row{{.step = Step::account_limit,
         .reason = Reason::calls_per_second,
         .status = 503,
         .phrase = kUnavailable,
         .makes_record = true,
         .retry_after_seconds = 1,
         .cause = "account-limit"},
        [](const Facts& f) { return f.account == AccountUse::too_fast; }},
    Row{{.step = Step::capacity,
         .reason = Reason::node_full,
         .status = 503,
         .phrase = kUnavailable,
         .makes_record = true,
         .retry_after_seconds = 5,
         .cause = "node-capacity-exceeded"},
        [](const Facts& f) { return f.capacity == Capacity::full; }},
    Row{{.step = Step::capacity,
         .reason = Reason::node_draining,
         .status = 503,
         .phrase = kUnavailable,
         .makes_record = true,
         .retry_after_seconds = 5,
         .cause = "node-capacity-exceeded"},
        [](const Facts& f) { return f.capacity == Capacity::draining; }},
    Row{{.step = Step::admitted,
         .reason = Reason::admitted,
         .status = 100,
         .phrase = "Trying",
         .makes_record = true},
        [](const Facts&) { return true; }},
};

constexpr bool in_order() {
  return std::is_sorted(kRows.begin(), kRows.end(),
                        [](const Row& a, const Row& b) { return a.decision.step < b.decision.step; });
}
static_assert(in_order(), "the rows stand in the order of the contract's steps");

}  // namespace

// A sips URI demands it by itself (RFC 5630).
bool demands_tls(const Facts& facts) {
  return facts.require_tls || facts.application->require_tls || facts.scheme == Scheme::sips;
}

Decision decide(const Facts& facts) {
  const auto* row = kRows.begin();
  while (!row->holds(facts)) ++row;  // the last row always holds
  Decision decision = row->decision;
  if (facts.hide_applications && (decision.step == Step::region || decision.step == Step::source)) {
    decision.status = 404;
    decision.phrase = "Not Found";
  }
  // A forged source address has no nonce of ours: it must not lock the real owner of that address out.
  decision.counts_as_failure = decision.reason == Reason::wrong_password && facts.nonce_was_given;
  return decision;
}

}  // namespace portico::admission
