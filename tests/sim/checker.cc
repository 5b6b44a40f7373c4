#include "sim/checker.h"

#include <algorithm>
#include <optional>

#include "sip/message/parse.h"

namespace portico::sim {
namespace {

std::optional<std::string> invite_key(const sip::Message& message) {
  const auto cseq = message.value(sip::Header::cseq);
  if (!cseq.ends_with("INVITE")) return std::nullopt;
  const auto via = message.value(sip::Header::via);
  const auto branch = via.substr(std::min(via.find("branch="), via.size()));
  return std::string(message.value(sip::Header::call_id)) + " " + std::string(cseq) + " " +
         std::string(branch.substr(0, branch.find_first_of(";,")));
}

void expect_none(std::size_t left, Rule rule, const char* what, std::vector<Violation>& out) {
  if (left != 0) out.push_back({rule, std::to_string(left) + " " + what + " left"});
}

}  // namespace

std::string_view rule_name(Rule rule) {
  constexpr std::string_view kNames[] = {"one-final-answer", "nothing-outlives", "no-orphan", "ends-once",
                                         "told-once"};
  return kNames[static_cast<std::size_t>(rule)];
}

Checker::Checker(Network& network) {
  network.on_sent = [this](const Datagram& datagram) { on_sent(datagram); };
  network.on_delivered = [this](const Datagram& datagram) { on_delivered(datagram); };
}

void Checker::on_sent(const Datagram& datagram) {
  if (datagram.from != Server::address()) return;
  const auto parsed = sip::parse_datagram(datagram.bytes);
  if (!parsed.ok() || parsed.message.is_request()) return;
  const auto key = invite_key(parsed.message);
  if (!key) return;
  auto& invite = invites_[*key];
  if (parsed.message.status() == 100) invite.admitted = true;
  if (parsed.message.status() >= 200) invite.finals.insert(parsed.message.status());
}

void Checker::on_delivered(const Datagram& datagram) {
  if (datagram.to != Server::address()) return;
  const auto parsed = sip::parse_datagram(datagram.bytes);
  if (!parsed.ok() || !parsed.message.is_request()) return;
  const auto key = invite_key(parsed.message);
  if (!key) return;
  auto& invite = invites_[*key];
  invite.arrived = true;
  invite.in_dialog = parsed.message.value(sip::Header::to).find(";tag=") != std::string_view::npos;
}

// A refusal at the door keeps no state, so a copy of the INVITE may be refused for another reason (a nonce
// that was used meanwhile): what must not happen is that one copy is refused and another one answered.
void Checker::look_at_invites(std::vector<Violation>& out) const {
  for (const auto& [key, invite] : invites_) {
    if (!invite.arrived) continue;
    const bool stateful = invite.admitted || invite.in_dialog;
    const bool a_call = !invite.finals.empty() && *invite.finals.begin() < 300;
    if (!invite.finals.empty() && (invite.finals.size() == 1 || (!stateful && !a_call))) continue;
    std::string what = key + (invite.finals.empty() ? " got no answer" : " got");
    for (const auto status : invite.finals) what += " " + std::to_string(status);
    out.push_back({Rule::one_final_answer, std::move(what)});
  }
}

void Checker::look_at_leftovers(const Server& server, std::vector<Violation>& out) {
  const auto& pump = server.pump();
  expect_none(pump.agent().transactions(), Rule::nothing_outlives, "transactions", out);
  expect_none(pump.agent().sessions(), Rule::nothing_outlives, "SIP sessions", out);
  if (pump.agent().next_deadline() != kNever) out.push_back({Rule::nothing_outlives, "a timer left"});
  expect_none(pump.sessions(), Rule::no_orphan, "sessions of calls", out);
  expect_none(pump.calls(), Rule::no_orphan, "calls running", out);
  expect_none(server.registered(), Rule::no_orphan, "calls registered", out);
  expect_none(server.counted_calls(), Rule::no_orphan, "calls counted for the account", out);
  expect_none(server.media().open_ports(), Rule::no_orphan, "media ports", out);
  for (const auto& [id, status] : server.records().recordings) {
    if (status != "complete" && status != "error") {
      out.push_back({Rule::no_orphan, "recording " + id + " is " + status});
    }
  }
}

void Checker::look_at_calls(const Server& server, std::vector<Violation>& out) {
  const auto& told = server.webhooks().calls();
  std::set<std::string> recordings_told;
  for (const auto& [id, call] : server.records().calls) {
    const auto who = id + " (" + call.sip_call_id + ")";
    if (call.ends != 1 || call.revived) {
      out.push_back({Rule::ends_once, who + " ended " + std::to_string(call.ends) + " times"});
    }
    const auto it = told.find(id);
    const auto count = [&](const char* type) {
      if (it == told.end()) return 0;
      const auto found = it->second.by_type.find(type);
      return found == it->second.by_type.end() ? 0 : found->second;
    };
    if (count("disconnect") != 1) {
      out.push_back(
          {Rule::told_once, who + ": disconnect told " + std::to_string(count("disconnect")) + " times"});
    }
    if (count("initiate") != (call.admitted ? 1 : 0)) {
      out.push_back(
          {Rule::told_once, who + ": initiate asked " + std::to_string(count("initiate")) + " times"});
    }
    if (it != told.end() && it->second.after_disconnect) {
      out.push_back({Rule::told_once, who + ": an event came after disconnect"});
    }
    if (it == told.end()) continue;
    for (const auto& [recording, times] : it->second.available_by_recording) {
      if (times != 1) out.push_back({Rule::told_once, recording + " was told more than once"});
    }
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

std::vector<Violation> Checker::look(const Server& server,
                                     const std::vector<std::unique_ptr<Caller>>& callers) const {
  std::vector<Violation> out;
  look_at_invites(out);
  look_at_leftovers(server, out);
  look_at_calls(server, out);
  look_at_callers(callers, out);
  return out;
}

}  // namespace portico::sim
