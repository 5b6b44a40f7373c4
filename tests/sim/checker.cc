#include "sim/checker.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "sip/message/parse.h"

namespace portico::sim {
namespace {

// RFC 3261 section 17, timers B, F, H and (RFC 6026) L, and section 13.3.1.4: all of them 64*T1.
constexpr auto kLast = 32s;
constexpr const char* kOfRefusal = " of a refusal";  // in the key of an ACK

std::string transaction_key(const sip::Message& message, std::string_view cseq) {
  const auto via = message.value(sip::Header::via);
  const auto branch = via.substr(std::min(via.find("branch="), via.size()));
  return std::string(message.value(sip::Header::call_id)) + " " + std::string(cseq) + " " +
         std::string(branch.substr(0, branch.find_first_of(";,")));
}

std::string transaction_key(const sip::Message& message) {
  return transaction_key(message, message.value(sip::Header::cseq));
}

std::string cseq_number(const sip::Message& message) {
  const auto cseq = message.value(sip::Header::cseq);
  return std::string(cseq.substr(0, cseq.find(' ')));
}

void expect_none(std::size_t left, Rule rule, const char* what, std::vector<Violation>& out) {
  if (left != 0) out.push_back({rule, std::to_string(left) + " " + what + " left"});
}

}  // namespace

std::string_view rule_name(Rule rule) {
  static constexpr std::string_view kNames[] = {
      "one-final-answer", "nothing-outlives", "no-orphan",    "ends-once", "ends-for-cause",
      "told-once",        "told-in-order",    "no-strangers", "gets-in",   "silent-after-end",
      "repeated",         "within-limits",    "lockout",      "in-time",   "heard-right",
      "heard-all",        "sounds-right",     "answered"};
  static_assert(std::size(kNames) == kRules);
  return kNames[static_cast<std::size_t>(rule)];
}

Checker::Checker(async::Loop& loop, Network& network, const Ledger& ledger, const ServerSettings& settings)
    : loop_(loop),
      ledger_(ledger),
      admission_(loop, ledger, settings),
      ends_(ledger, settings),
      media_(ledger, settings, network.calm()) {
  network.watch_sent([this](const Datagram& datagram) { on_sent(datagram); });
  network.watch_delivered([this](const Datagram& datagram) { on_delivered(datagram); });
}

void Checker::on_death() {
  for (auto& [key, invite] : invites_) invite.forsaken = std::min(invite.forsaken, loop_.now());
  admission_.on_death();
}

std::string Checker::of_life(std::string_view key) const {
  return std::string(key) + " of life " + std::to_string(ledger_.life);
}

bool Checker::is_of_call(std::string_view sip_call_id) const {
  return std::ranges::any_of(ledger_.calls, [&](const auto& entry) {
    const auto& call = entry.second;
    return call.sip_call_id == sip_call_id && call.life == ledger_.life && call.admitted;
  });
}

Checker::Invite* Checker::invite_of(const sip::Message& message) {
  if (!message.value(sip::Header::cseq).ends_with("INVITE")) return nullptr;
  return &invites_[of_life(transaction_key(message))];
}

void Checker::on_sent(const Datagram& datagram) {
  const auto parsed = sip::parse_datagram(datagram.bytes);
  if (!parsed.ok()) return;
  if (datagram.from != Server::address()) {
    if (parsed.message.method() != sip::Method::invite) return;
    auto& invite = *invite_of(parsed.message);
    ++invite.sent;
    invite.datagrams = datagram.connection == 0;
    return;
  }
  parsed.message.is_request() ? on_request(parsed.message) : on_answer(datagram, parsed.message);
}

void Checker::on_answer(const Datagram& datagram, const sip::Message& answer) {
  const auto asked = asked_.find(of_life(transaction_key(answer)));
  if (asked != asked_.end() && answer.status() >= 200) asked->second = true;
  auto* invite = invite_of(answer);
  if (invite == nullptr || is_of_late_copy(*invite, answer.status())) return;
  // Nothing is kept of a stranger's INVITE that was cut short: it may come whole, or have come so.
  if (answer.status() == 400 && invite->spoiled && !invite->in_dialog && !invite->admitted) {
    invite->refused = true;
    return;
  }
  const auto key = transaction_key(answer);
  if (answer.status() == 407) admission_.on_challenge(key, datagram.to, answer);
  if (answer.status() == 403) admission_.on_forbidden(key, datagram.to);
  const bool taken = answer.status() == 100 || (answer.status() > 100 && answer.status() < 300);
  if (taken && !invite->in_dialog && !std::exchange(invite->admitted, true)) {
    admission_.on_admitted(key, datagram.to);
  }
  if (answer.status() < 200) return;
  if (!invite->admitted && !invite->in_dialog) admission_.on_refused(key, answer.status());
  invite->finals.insert(answer.status());
  if (invite->copies++ == 0) invite->answered = loop_.now();
  invite->repeated = loop_.now();
  invite->datagrams = datagram.connection == 0;
  invite->call_id = of_life(answer.value(sip::Header::call_id));
  invite->acknowledged_as =
      invite->call_id + " " + cseq_number(answer) + (answer.status() < 300 ? "" : kOfRefusal);
}

// A copy that comes after the transaction's last timer finds neither it nor, by then, a dialog.
bool Checker::is_of_late_copy(const Invite& invite, int status) const {
  return status == 481 && invite.in_dialog && invite.copies != 0 && loop_.now() - invite.answered > kLast;
}

void Checker::on_request(const sip::Message& request) {
  if (request.method() == sip::Method::ack) return;
  const auto [it, fresh] = requests_.try_emplace(
      transaction_key(request), Request{.method = std::string(request.method_text()),
                                        .call_id = std::string(request.value(sip::Header::call_id)),
                                        .first = loop_.now(),
                                        .life = ledger_.life});
  it->second.last = loop_.now();
}

void Checker::on_delivered(const Datagram& datagram) {
  if (datagram.to != Server::address()) return;
  const auto parsed = sip::parse_datagram(datagram.bytes);
  if (!parsed.message.is_request()) return;
  const auto method = parsed.message.method();
  if (parsed.answerable()) ends_.on_request(method, std::string(parsed.message.value(sip::Header::call_id)));
  if (!parsed.ok()) {
    if (parsed.answerable() && method == sip::Method::invite) invite_of(parsed.message)->spoiled = true;
    return;
  }
  const auto call = of_life(parsed.message.value(sip::Header::call_id));
  if (method == sip::Method::bye) heard_.try_emplace(call, loop_.now());
  // Whom this life let in has proved where it is: no answer to it is withheld.
  const bool wants_answer = method == sip::Method::bye || method == sip::Method::info;
  if (wants_answer && is_of_call(parsed.message.value(sip::Header::call_id)))
    asked_.try_emplace(of_life(transaction_key(parsed.message)), false);
  if (method == sip::Method::ack) {
    const auto number = cseq_number(parsed.message);
    // RFC 3261 section 17.1.1.3: the ACK of a refusal has the INVITE's branch. One INVITE may get 400 for a
    // copy that was cut and 200 for a whole one: its caller acknowledges only what came first.
    const bool of_refusal = invites_.contains(of_life(transaction_key(parsed.message, number + " INVITE")));
    heard_.try_emplace(call + " " + number + (of_refusal ? kOfRefusal : ""), loop_.now());
  }
  if (method != sip::Method::invite) return;
  auto& invite = *invite_of(parsed.message);
  invite.arrived = true;
  invite.in_dialog = parsed.message.value(sip::Header::to).find(";tag=") != std::string_view::npos;
  if (invite.in_dialog) heard_.try_emplace(call, loop_.now());  // our 200 arrived: RFC 5407 section 3.1.4
  if (!invite.in_dialog) admission_.on_invite(transaction_key(parsed.message), datagram.from, parsed.message);
}

// A refusal at the door keeps no state, so a copy of the INVITE may be refused for another reason (a nonce
// that was used meanwhile): what must not happen is that one copy is refused and another one answered.
void Checker::look_at_invites(std::vector<Violation>& out) const {
  for (const auto& [key, invite] : invites_) {
    if (invite.refused && invite.finals.empty() && !invite.admitted) continue;
    if (!invite.arrived || (invite.forsaken != kNever && invite.finals.empty())) continue;
    // Over UDP the door may pass over whoever asks too often, or would be sent too much: who means it asks
    // again.
    if (invite.finals.empty() && !invite.admitted && invite.datagrams && invite.sent == 1) continue;
    const bool stateful = invite.admitted || invite.in_dialog;
    const bool a_call = !invite.finals.empty() && *invite.finals.begin() < 300;
    if (invite.refused && invite.in_dialog && a_call) {
      out.push_back({Rule::one_final_answer, key + " got 400, for a copy that was cut, and was answered"});
    }
    if (!invite.finals.empty() && (invite.finals.size() == 1 || (!stateful && !a_call))) continue;
    std::string what = key + (invite.finals.empty() ? " got no answer" : " got");
    for (const auto status : invite.finals) what += " " + std::to_string(status);
    out.push_back({Rule::one_final_answer, std::move(what)});
  }
}

// RFC 3261 sections 13.3.1.4 and 17.2.1: after T1, 2*T1 and so on, for 64*T1.
void Checker::look_at_repeats(std::vector<Violation>& out) const {
  for (const auto& [key, invite] : invites_) {
    if (!invite.admitted || invite.copies == 0 || !invite.datagrams) continue;
    const auto first_of = [&](const std::string& what) {
      const auto it = heard_.find(what);
      return it == heard_.end() ? kNever : it->second;
    };
    const auto heard = std::min(first_of(invite.acknowledged_as), first_of(invite.call_id));
    const auto waited = std::min({heard, invite.forsaken, loop_.now()}) - invite.answered;
    const int least = waited > 33s ? 8 : waited > 4s ? 3 : waited > 600ms ? 2 : 1;
    if (invite.copies >= least) continue;
    out.push_back({Rule::repeated, key + " got its answer " + std::to_string(invite.copies) + " times"});
  }
}

void Checker::look_at_timers(std::vector<Violation>& out) const {
  for (const auto& [key, invite] : invites_) {
    const bool stateful = invite.admitted || invite.in_dialog;
    if (!stateful || invite.copies == 0 || invite.repeated - invite.answered <= kLast) continue;
    out.push_back({Rule::in_time, key + " got its answer again after its time"});
  }
  for (const auto& [key, request] : requests_) {
    if (request.last - request.first > kLast) {
      out.push_back({Rule::in_time, request.method + " " + key + " was sent again after its time"});
    }
  }
}

void Checker::look_at_leftovers(const Life& life, std::vector<Violation>& out) {
  const auto& server = life.server();
  const auto& pump = server.pump();
  expect_none(pump.agent().transactions(), Rule::nothing_outlives, "transactions", out);
  expect_none(pump.agent().sessions(), Rule::nothing_outlives, "SIP sessions", out);
  if (pump.agent().next_deadline() != kNever) out.push_back({Rule::nothing_outlives, "a timer left"});
  expect_none(pump.sessions(), Rule::no_orphan, "sessions of calls", out);
  expect_none(pump.calls(), Rule::no_orphan, "calls running", out);
  expect_none(server.registered(), Rule::no_orphan, "calls registered", out);
  expect_none(static_cast<std::size_t>(server.held_flows()), Rule::no_orphan, "flows held", out);
  expect_none(server.counted_calls(), Rule::no_orphan, "calls counted for the account", out);
  const auto* engine = life.engine_media();
  const auto ports = engine != nullptr ? engine->open_ports() : server.media().open_ports();
  expect_none(ports, Rule::no_orphan, "media ports", out);
}

void Checker::look_at_recordings(Disk& disk, std::vector<Violation>& out) const {
  const auto recordings = disk.store->list_recordings({.account_id = kAccount}, 10'000);
  for (const auto& recording : *recordings) {
    if (recording.status == "complete" || recording.status == "error") continue;
    out.push_back({Rule::no_orphan, "recording " + recording.recording_id + " is " + recording.status});
  }
}

std::set<std::string> Checker::unacknowledged() const {
  std::set<std::string> calls;
  for (const auto& [key, invite] : invites_) {
    if (invite.finals.empty() || *invite.finals.begin() >= 300) continue;
    const auto ack = heard_.find(invite.acknowledged_as);
    if (ack == heard_.end() || ack->second - invite.answered > kLast) calls.insert(invite.call_id);
  }
  return calls;
}

// A call of which nothing reached the store before its server was killed is known to nobody.
void Checker::look_at_calls(Disk& disk, std::vector<Violation>& out) const {
  for (const auto& [id, call] : ledger_.calls) {
    const bool died = call.life < ledger_.life && call.ends == 0;
    if (!call.kept && call.life < ledger_.life) continue;
    const auto who = id + " (" + call.sip_call_id + ")";
    if ((call.ends != 1 && !died) || call.revived) {
      out.push_back({Rule::ends_once, who + " ended " + std::to_string(call.ends) + " times"});
    }
    const auto kept = disk.store->call(kAccount, id);
    if (!kept || kept->state != "disconnected") {
      out.push_back({Rule::ends_once, who + " is kept as " + (kept ? kept->state : kept.error().what)});
    }
    if (call.asked_initiate != (call.admitted ? 1 : 0)) {
      out.push_back(
          {Rule::told_once, who + ": initiate asked " + std::to_string(call.asked_initiate) + " times"});
    }
  }
}

void Checker::look_at_events(Disk& disk, std::vector<Violation>& out) const {
  expect_none(*disk.store->outbox_size(), Rule::told_once, "events in the outbox", out);
  std::map<std::string, int> disconnects, recordings, wanted, tried;
  std::map<Ledger::Said, int> passed_on;
  for (const auto& told : ledger_.told) {
    ++passed_on[{.call = told.call, .event = told.event, .life = told.life}];
    if (!told.kept && !told.unstored) continue;  // died with its server
    if (told.event == "disconnect") ++disconnects[told.call];
    if (!told.recording.empty()) ++recordings[told.recording];
    ++wanted[told.body];
  }
  for (const auto& [said, times] : ledger_.said) {
    if (passed_on[said] == times) continue;
    out.push_back({Rule::told_once, said.call + ": " + said.event + " said " + std::to_string(times) +
                                        " times, passed on " + std::to_string(passed_on[said])});
  }
  std::map<std::pair<std::string, int>, int> answered;  // by body and life
  for (const auto& attempt : ledger_.attempts) {
    ++tried[attempt.body];
    if (attempt.result != Ledger::Result::answered || !wanted.contains(attempt.body)) continue;
    // Whatever the status: it is over with it. A later life may not have been told.
    if (++answered[{attempt.body, attempt.life}] <= wanted[attempt.body]) continue;
    out.push_back({Rule::told_once, "sent again after its answer: " + attempt.body});
  }
  for (const auto& [id, call] : ledger_.calls) {
    if (!call.kept && call.life < ledger_.life) continue;
    if (disconnects[id] != 1) {
      out.push_back({Rule::told_once, id + " (" + call.sip_call_id + "): disconnect told " +
                                          std::to_string(disconnects[id]) + " times"});
    }
  }
  const auto kept = disk.store->list_recordings({.account_id = kAccount}, 10'000);
  for (const auto& recording : *kept) {
    recordings.try_emplace(recording.recording_id, 0);  // each document wants to hear of its own
  }
  for (const auto& [recording, times] : recordings) {
    if (times != 1)
      out.push_back({Rule::told_once, recording + " was told " + std::to_string(times) + " times"});
  }
  for (const auto& [body, times] : wanted) {
    if (tried[body] < times) out.push_back({Rule::told_once, "nobody tried to deliver " + body});
  }
}

// An event's first attempt comes after the last one of the event before it.
void Checker::look_at_order(std::vector<Violation>& out) const {
  struct Span {
    TimePoint first = kNever;
    TimePoint last{};
  };
  std::map<std::string, Span> spans;
  for (const auto& attempt : ledger_.attempts) {
    auto& span = spans[attempt.body];
    span.first = std::min(span.first, attempt.begun);
    span.last = std::max(span.last, attempt.begun);
  }
  std::map<std::string, const Ledger::Told*> before;
  std::set<std::string> over;
  for (const auto& told : ledger_.told) {
    if (!told.kept) continue;
    const bool the_end = told.event == "disconnect";
    if (the_end) over.insert(told.call);
    if (!the_end && told.event != "recordingAvailable" && over.contains(told.call)) {
      out.push_back({Rule::told_in_order, told.call + ": " + told.event + " came after disconnect"});
    }
    const auto* earlier = std::exchange(before[told.key], &told);
    if (earlier == nullptr || earlier->body == told.body ||
        spans[earlier->body].last <= spans[told.body].first)
      continue;
    out.push_back({Rule::told_in_order, told.call + ": " + told.event + " overtook " + earlier->event});
  }
}

// What a call wants to say it says before it ends. Only its BYE may come later: it waits for the ACK (RFC
// 3261 section 15).
void Checker::look_at_requests(std::vector<Violation>& out) const {
  std::map<std::string, TimePoint> ended;
  for (const auto& [id, call] : ledger_.calls) {
    if (call.ended) ended[call.sip_call_id + " " + std::to_string(call.life)] = *call.ended;
  }
  std::map<std::string, int> byes;
  for (const auto& [key, request] : requests_) {
    const auto call = request.call_id + " " + std::to_string(request.life);
    if (request.method == "BYE") {
      if (++byes[call] > 1) out.push_back({Rule::silent_after_end, request.call_id + " sent two BYEs"});
      continue;
    }
    const auto it = ended.find(call);
    if (it == ended.end() || request.first <= it->second) continue;
    out.push_back({Rule::silent_after_end, request.call_id + " sent " + request.method + " after its end"});
  }
}

void Checker::look_at_callers(const std::vector<std::unique_ptr<Caller>>& callers,
                              std::vector<Violation>& out) {
  for (const auto& caller : callers) {
    if (caller->vanished()) continue;
    if (caller->outcomes() > 1 || caller->ends() != 1) {
      out.push_back({Rule::ends_once, caller->call_id() + " saw " + std::to_string(caller->outcomes()) +
                                          " outcomes and " + std::to_string(caller->ends()) + " ends"});
    }
    expect_none(caller->left_behind(), Rule::nothing_outlives, "sessions and transactions of a phone", out);
  }
}

std::vector<Violation> Checker::look(const std::vector<std::unique_ptr<Life>>& lives, Disk& disk,
                                     const std::vector<std::unique_ptr<Caller>>& callers) const {
  std::vector<Violation> out;
  look_at_invites(out);
  look_at_repeats(out);
  look_at_requests(out);
  look_at_timers(out);
  look_at_leftovers(*lives.back(), out);
  look_at_recordings(disk, out);
  look_at_calls(disk, out);
  look_at_events(disk, out);
  look_at_order(out);
  look_at_callers(callers, out);
  for (const auto& [key, answered] : asked_) {
    if (!answered) out.push_back({Rule::answered, key + " got no answer"});
  }
  for (const auto& what : media_.wrong_keys(lives, callers)) out.push_back({Rule::heard_right, what});
  for (const auto& what : media_.wrong_digits(callers)) out.push_back({Rule::heard_right, what});
  for (const auto& what : media_.missed_keys(lives, callers)) out.push_back({Rule::heard_all, what});
  for (const auto& what : media_.stray_sound(callers)) out.push_back({Rule::sounds_right, what});
  for (const auto& what : media_.missing_sound(callers)) out.push_back({Rule::sounds_right, what});
  for (const auto& what : ends_.look(unacknowledged())) out.push_back({Rule::ends_for_cause, what});
  for (const auto& what : admission_.strangers()) out.push_back({Rule::no_strangers, what});
  for (const auto& what : admission_.refused()) out.push_back({Rule::gets_in, what});
  for (const auto& what : admission_.over_limits()) out.push_back({Rule::within_limits, what});
  for (const auto& what : admission_.lockouts()) out.push_back({Rule::lockout, what});
  return out;
}

}  // namespace portico::sim
