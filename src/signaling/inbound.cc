#include "signaling/inbound.h"

#include <algorithm>
#include <array>

#include "base/counters.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/utf8.h"
#include "call/refused.h"
#include "sdp/negotiation.h"
#include "signaling/caller.h"
#include "signaling/own_names.h"
#include "signaling/sdp_fit.h"
#include "sip/dialog/content.h"
#include "sip/dialog/dialog.h"
#include "sip/dialog/sdp_body.h"
#include "sip/digest/challenge.h"
#include "sip/message/headers.h"

namespace portico::signaling {
namespace {

constexpr std::size_t kLineValueBytesMax = 128;  // of a caller's words, in a line of the log

admission::Transport transport_of(const sip::Flow& flow) {
  return static_cast<admission::Transport>(static_cast<std::uint8_t>(flow.transport));
}
static_assert(static_cast<int>(admission::Transport::wss) == static_cast<int>(sip::Transport::wss));

Counter& decided(admission::Reason reason) {
  static const auto counters = [] {
    std::array<Counter*, admission::kReasons> all{};
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = &counter("portico_admissions_total", "Decisions on INVITEs",
                        {{"reason", std::string(admission::reason_code(static_cast<admission::Reason>(i)))}});
    }
    return all;
  }();
  return *counters[static_cast<std::size_t>(reason)];
}

admission::RequestFault fault_of(int status) {
  using Fault = admission::RequestFault;
  switch (status) {
    case 413:
      return Fault::too_large;
    case 414:
      return Fault::uri_too_long;
    case 505:
      return Fault::version;
    case 482:
      return Fault::loop;
    case 420:
      return Fault::unknown_extension;
    default:
      return Fault::malformed;
  }
}

// Who answered a challenge is where it says. That the addresses of a list are the customer's the list says.
bool is_proven(const admission::Facts& facts) {
  if (!is_datagram(facts.transport) || facts.application->password_auth_enabled) return true;
  return std::none_of(facts.application->allowed_sources.begin(), facts.application->allowed_sources.end(),
                      [](const Cidr& block) { return block.prefix == 0; });
}

std::string line_of(std::string_view value) { return mend_utf8(first_bytes(value, kLineValueBytesMax)); }

// Without what may follow the user part there: a password.
std::string dialled(const sip::Message& invite) {
  const auto uri = sip::parse_uri(invite.request_uri());
  if (!uri || !uri->is_sip()) return "-";
  return line_of(std::string(uri->user) + "@" + std::string(uri->host));
}

}  // namespace

void Inbound::on_invite(const sip::NewRequest& invite) {
  const Now now{.mono = pump_.loop_.now(), .wall = pump_.loop_.wall()};
  auto facts = gather(invite, now);
  auto session = sip::SessionId::none;
  try {
    decide(invite, facts, session, now);
  } catch (...) {  // what no call could be made for would be there for ever, and count
    give_place_back(facts);
    if (session != sip::SessionId::none) pump_.abandon(session);
    throw;
  }
}

void Inbound::decide(const sip::NewRequest& invite, admission::Facts& facts, sip::SessionId& session,
                     Now now) {
  auto decision = admission::decide(facts);
  if (decision.admitted()) {
    // What costs more is looked at only for those who have passed the rest.
    gather_late(invite, now.mono, facts);
    decision = admission::decide(facts);
  }
  if (decision.admitted()) {
    session = open_session(invite, now.mono, facts);
    decision = admission::decide(facts);
  }
  decided(decision.reason).add();
  if (facts.nonce_was_given) pump_.shared_.door.proven(facts.source, now.mono);
  if (decision.counts_as_failure) {
    pump_.shared_.door.failed(facts.source, *facts.application, guess_, now.mono);
  }
  record(invite, facts, decision, now);
  if (!decision.admitted()) return refuse(invite, facts, decision, now);
  admit(invite, session, facts, now);
  placed_ = false;  // the call's coroutine says it
}

void Inbound::give_place_back(const admission::Facts& facts) {
  if (std::exchange(placed_, false)) pump_.shared_.door.accounts().ended(facts.application->account_id);
}

void Inbound::on_refused(const sip::NewRequest& invite) {
  const Now now{.mono = pump_.loop_.now(), .wall = pump_.loop_.wall()};
  admission::Facts facts = first_facts(invite);
  facts.application = target_of(invite).application;
  const auto decision = admission::decide(facts);
  decided(decision.reason).add();
  record(invite, facts, decision, now);
}

bool Inbound::is_ours(std::string_view host, const sip::Flow& flow) const {
  const auto& options = pump_.shared_.options;
  if (const auto ip = sip::host_address(host)) {
    return *ip == options.public_ip || *ip == options.bind || *ip == flow.local.ip ||
           sip::same_host(host, options.domain);
  }
  if (sip::same_host(host, options.domain)) return true;
  const auto is_named = [&](const std::string& name) {
    return sip::same_host(host, name + "." + options.domain);
  };
  return is_named(node_label(options.node)) ||
         std::any_of(options.regions.begin(), options.regions.end(), is_named);
}

Inbound::Target Inbound::target_of(const sip::NewRequest& invite) {
  Target target;
  const auto uri = sip::parse_uri(invite.request.request_uri());
  if (!uri) return target;
  target.scheme = uri->scheme == sip::Scheme::sip    ? admission::Scheme::sip
                  : uri->scheme == sip::Scheme::sips ? admission::Scheme::sips
                                                     : admission::Scheme::other;
  if (!uri->is_sip()) return target;
  target.host_is_ours = is_ours(uri->host, invite.flow);
  target.application = directory_.by_sip_user(uri->user);
  return target;
}

admission::Facts Inbound::first_facts(const sip::NewRequest& invite) {
  const auto& options = pump_.shared_.options;
  admission::Facts facts;
  facts.source = invite.flow.remote.ip;
  facts.transport = transport_of(invite.flow);
  facts.region = options.region;
  facts.require_tls = options.require_tls;
  facts.hide_applications = options.hide_applications;
  if (invite.fault != 0) facts.fault = fault_of(invite.fault);
  if (!invite.fault_headers.empty()) why_ = "it requires " + line_of(invite.fault_headers.front().value);
  facts.why = why_;
  return facts;
}

admission::Facts Inbound::gather(const sip::NewRequest& invite, Now now) {
  auto& door = pump_.shared_.door;
  auto facts = first_facts(invite);
  if (const auto hops = sip::read_max_forwards(invite.request); !facts.fault && hops && *hops == 0) {
    facts.fault = admission::RequestFault::too_many_hops;
  }
  if (const auto fault = sip::dialog_fault(invite.request); !facts.fault && !fault.empty()) {
    facts.fault = admission::RequestFault::missing_header;
    facts.why = fault;
  }
  facts.over_source_rate = !door.take_invite(invite.flow, now.mono);
  const auto target = target_of(invite);
  facts.scheme = target.scheme;
  facts.host_is_ours = target.host_is_ours;
  facts.application = target.application;
  // Whoever would not be asked for a proof must not learn whether one is right.
  if (admission::decide(facts).step != admission::Step::challenge) return facts;
  auto proof = door.check(invite.request, *facts.application, facts.source, now);
  why_ = std::move(proof.why);
  facts.why = why_;
  facts.credentials = proof.credentials;
  facts.nonce_was_given = proof.nonce_was_given;
  facts.locked_out = proof.locked_out;
  guess_ = proof.guess;
  return facts;
}

void Inbound::gather_late(const sip::NewRequest& invite, TimePoint now, admission::Facts& facts) {
  auto& shared = pump_.shared_;
  if (auto refusal = sip::refuse_content(invite.request)) {
    facts.sdp = refusal->status == 415 ? admission::SdpFit::unreadable : admission::SdpFit::unwanted;
    media_headers_ = std::move(refusal->headers);
    return;
  }
  if (auto refusal = pump_.agent_.refuse_interval(invite.request)) {
    facts.short_interval = true;
    media_headers_ = std::move(refusal->headers);
    return;
  }
  auto verdict = judge_sdp(sip::find_sdp(invite.request), shared.options.public_ip, shared.options.codecs,
                           facts.application->require_srtp ? sdp::SrtpMode::required : shared.options.srtp,
                           shared.options.domain);
  facts.sdp = verdict.fit;
  why_ = std::move(verdict.fault);
  facts.why = why_;
  if (!verdict.warning.empty()) media_headers_ = {{"Warning", std::move(verdict.warning)}};
  if (facts.sdp != admission::SdpFit::fits) return;
  if (shared.draining) {
    facts.capacity = admission::Capacity::draining;
  } else if (pump_.sessions_.size() >= shared.options.calls_max) {
    facts.capacity = admission::Capacity::full;
  }
  const auto* account = directory_.account(facts.application->account_id);
  if (account == nullptr) return;
  auto& accounts = shared.door.accounts();
  facts.account = accounts.start(account->id, account->limits, now);
  placed_ = facts.account == admission::AccountUse::below_limits;
  if (facts.capacity != admission::Capacity::free) give_place_back(facts);
}

void Inbound::refuse(const sip::NewRequest& invite, const admission::Facts& facts,
                     const admission::Decision& decision, Now now) {
  if (decision.makes_record) record_refused_call(invite, facts, decision, now);
  if (decision.dropped()) return;
  sip::Refusal refusal{.status = decision.status, .reason = std::string(decision.phrase)};
  if (decision.challenge) {
    const auto nonce = pump_.shared_.door.mint_nonce(*facts.application, facts.source, now);
    for (const auto algorithm : pump_.shared_.options.digest_algorithms) {
      refusal.headers.push_back({"Proxy-Authenticate", sip::write_challenge(pump_.shared_.door.realm(), nonce,
                                                                            algorithm, decision.stale)});
    }
  }
  if (decision.retry_after_seconds != 0) {
    refusal.headers.push_back({"Retry-After", std::to_string(decision.retry_after_seconds)});
  }
  refusal.headers.insert(refusal.headers.end(), media_headers_.begin(), media_headers_.end());
  refusal.headers.insert(refusal.headers.end(), invite.fault_headers.begin(), invite.fault_headers.end());
  // What told something, or used a nonce up, must be told, or asked for, once: not for each copy.
  if (decision.makes_record || facts.credentials == admission::Credentials::right) {
    return pump_.refuse_once(invite, refusal);
  }
  pump_.reply(invite, refusal);
}

// The user agent's tables may be full though the door counts fewer calls than fit. Then nothing is kept, and
// the facts say why.
sip::SessionId Inbound::open_session(const sip::NewRequest& invite, TimePoint now, admission::Facts& facts) {
  const auto session = pump_.agent_.accept_invite(now, invite);
  if (session) return *session;
  give_place_back(facts);
  if (session.error().code == Code::busy) {
    facts.capacity = admission::Capacity::full;
  } else {
    facts.fault = admission::RequestFault::malformed;
  }
  return sip::SessionId::none;
}

void Inbound::admit(const sip::NewRequest& invite, sip::SessionId session, const admission::Facts& facts,
                    Now now) {
  sip::Actions out;
  call::Inbound inbound{.call_id = new_call_id(),
                        .application = directory_.share_by_id(facts.application->id),
                        .from = caller_identity(invite.request),
                        .to = called_uri(invite.request),
                        .sip_call_id = std::string(invite.request.value(sip::Header::call_id)),
                        .initiate_extras = initiate_extras(invite.request),
                        .source = facts.source,
                        .signalling_encrypted = sip::is_secure(invite.flow.transport),
                        .arrived = now.wall};
  // The same part of the body that the user agent takes for the offer.
  if (const auto sdp = sip::find_sdp(invite.request); !sdp.empty()) inbound.offer = std::string(sdp);
  const auto tried = pump_.agent_.trying(now.mono, session, out);
  if (!tried) log::warn("100 could not be sent", {{"why", tried.error().what}});
  pump_.carry_out(std::move(out));
  pump_.start_call(session, std::move(inbound),
                   {.proven = is_proven(facts),
                    .tls_only = admission::demands_tls(facts),
                    .bytes = invite.request.text().size()});
}

void Inbound::record(const sip::NewRequest& invite, const admission::Facts& facts,
                     const admission::Decision& decision, Now now) {
  const auto reason = admission::reason_code(decision.reason);
  // Every caller with a password is challenged; that one is wrong is worth a line.
  const bool usual = decision.challenge && decision.reason != admission::Reason::wrong_password;
  // Strangers could fill the logs with refusals.
  noted_ = decision.admitted() ||
           (!usual && pump_.shared_.door.may_note(facts.source, facts.application != nullptr, now.mono));
  const auto level = noted_ ? log::Level::info : log::Level::debug;
  if (log::enabled(level)) {
    log::write(level, "admission",
               {{"source", invite.flow.remote.to_string()},
                {"transport", admission::transport_name(facts.transport)},
                {"applicationId", facts.application == nullptr ? std::string("-") : facts.application->id},
                {"to", dialled(invite.request)},
                {"sipCallId", line_of(invite.request.value(sip::Header::call_id))},
                {"step", static_cast<int>(decision.step)},
                {"reason", reason},
                {"answer", static_cast<int>(decision.status)}});
  }
  if (facts.application == nullptr || !pump_.shared_.ports.admission_log) return;
  // Of what is refused before anything is asked an owner does not see more either.
  const bool early = decision.step <= admission::Step::source_rate;
  if (early && !noted_) return;
  pump_.shared_.ports.admission_log(
      {.time = now.wall,
       .account_id = facts.application->account_id,
       .application_id = facts.application->id,
       .source = invite.flow.remote,
       .transport = std::string(admission::transport_name(facts.transport)),
       .region = std::string(facts.region),
       .sip_call_id = mend_utf8(first_bytes(invite.request.value(sip::Header::call_id), 256)),
       .from = mend_utf8(first_bytes(invite.request.value(sip::Header::from), 256)),
       .step = static_cast<std::uint8_t>(decision.step),
       .reason = std::string(reason),
       .answer = decision.status,
       .explanation = admission::explanation(decision, facts)});
}

void Inbound::record_refused_call(const sip::NewRequest& invite, const admission::Facts& facts,
                                  const admission::Decision& decision, Now now) {
  call::Inbound inbound{.call_id = new_call_id(),
                        .application = directory_.share_by_id(facts.application->id),
                        .from = caller_identity(invite.request),
                        .to = called_uri(invite.request),
                        .sip_call_id = std::string(invite.request.value(sip::Header::call_id)),
                        .source = facts.source,
                        .arrived = now.wall};
  call::record_refused(pump_.environment_, inbound, decision.cause, admission::explanation(decision, facts),
                       noted_);
}

}  // namespace portico::signaling
