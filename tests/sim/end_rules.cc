#include "sim/end_rules.h"

#include <boost/json/parse.hpp>

#include "sim/documents.h"

namespace portico::sim {
namespace {

std::string of_life(const std::string& sip_call_id, int life) {
  return sip_call_id + " of life " + std::to_string(life);
}

}  // namespace

void EndRules::on_request(sip::Method method, const std::string& sip_call_id) {
  if (method == sip::Method::cancel) cancelled_.insert(of_life(sip_call_id, ledger_.life));
  if (method == sip::Method::bye) hung_up_.insert(of_life(sip_call_id, ledger_.life));
}

std::map<std::string, EndRules::Answers> EndRules::answers() const {
  std::map<std::string, Answers> all;
  for (const auto& attempt : ledger_.attempts) {
    const auto event = boost::json::parse(attempt.body).as_object();
    if (!is_question(event.at("eventType").as_string())) continue;
    auto& call = all[std::string(event.at("callId").as_string())];
    if (attempt.result == Ledger::Result::under_way) continue;
    if (!attempt.document) {
      call.failed = true;
      continue;
    }
    const auto* document = find_document(*attempt.document);
    call.any = true;
    call.wrong = call.wrong || document == nullptr || !document->right;
    call.unsupported = call.unsupported || (document != nullptr && document->unsupported);
    call.last = attempt.ended;
    call.least = document == nullptr ? Duration{} : document->least;
  }
  return all;
}

std::string EndRules::fault_of(const std::string& id, const Ledger::Call& call, const Answers& answers,
                               const std::set<std::string>& unacknowledged) const {
  const auto key = of_life(call.sip_call_id, call.life);
  const bool touched = ledger_.touched.contains(id);
  const bool shut_down = ledger_.hung_up.contains(call.life);
  const bool lossy = settings_.troubles.lost_ports > 0;
  if (call.ended_in != call.life) return call.cause == "error" ? "" : "its server died";
  if (call.cause == "cancel") return cancelled_.contains(key) ? "" : "no CANCEL came";
  if (call.cause == "callback-error") return answers.failed ? "" : "each question was answered";
  if (call.cause == "invalid-bxml") return answers.failed || answers.wrong ? "" : "each document was right";
  if (call.cause == "application-error") {
    return answers.unsupported || lossy || settings_.troubles.failed_sounds > 0 ? "" : "nothing failed";
  }
  if (call.cause == "node-capacity-exceeded") return shut_down || lossy ? "" : "there was room";
  if (call.cause == "error" && call.error.starts_with("no ACK")) {
    return unacknowledged.contains(key) ? "" : "each answer got its ACK";
  }
  if (call.cause == "error" && call.error.starts_with("media port lost")) return lossy ? "" : "none was lost";
  if (call.cause != "hangup") return "nothing accounts for that";
  if (hung_up_.contains(key) || touched || shut_down) return "";
  if (!answers.any) return "nobody said so";
  return *call.ended - answers.last >= answers.least ? "" : "its document takes longer";
}

std::vector<std::string> EndRules::look(const std::set<std::string>& unacknowledged) const {
  std::vector<std::string> out;
  const auto all = answers();
  for (const auto& [id, call] : ledger_.calls) {
    if (!call.admitted || call.ends == 0) continue;
    const auto it = all.find(id);
    const auto fault = fault_of(id, call, it == all.end() ? Answers{} : it->second, unacknowledged);
    if (fault.empty()) continue;
    out.push_back(id + " (" + call.sip_call_id + ") ended by " + call.cause + ", " + call.error + ": " +
                  fault);
  }
  return out;
}

}  // namespace portico::sim
