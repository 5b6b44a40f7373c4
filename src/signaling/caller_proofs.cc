#include "signaling/caller_proofs.h"

#include <algorithm>
#include <utility>

namespace portico::signaling {
namespace {

constexpr std::size_t kDrawnBytes = 3;        // for one of a request: as RFC 9000 section 8.1 has it
constexpr std::size_t kElsewhereMax = 4'096;  // addresses; beyond, all are held to their budgets

}  // namespace

bool is_answer(const sip::Send& one) { return one.bytes.starts_with("SIP/2.0 "); }

void CallerProofs::began(IpAddress caller, bool proven, std::size_t invite_bytes, TimePoint now) {
  auto& calls = callers_[caller];
  if (proven) {
    ++calls.proven_calls;
    door_.proven(caller, now);
  } else {
    ++calls.unproven_calls;
    calls.request_bytes = invite_bytes;
  }
}

void CallerProofs::acknowledged(IpAddress caller) {
  auto& calls = callers_.at(caller);
  --calls.unproven_calls;
  ++calls.proven_calls;
}

void CallerProofs::ended(IpAddress caller) {
  const auto calls = callers_.find(caller);
  if (--calls->second.proven_calls + calls->second.unproven_calls == 0) callers_.erase(calls);
}

// Our tag went to where the INVITE came from, so whoever names it proves that address, wherever he sends
// from. No other address: a caller knows the tags of his own dialog, and can forge the source of what he
// sends in it. What comes from there draws a few times its size beyond the budget, so that a caller who has
// moved is answered, and again where the answer is lost.
bool CallerProofs::named_tag(IpAddress caller, const sip::Flow& flow, std::size_t bytes, TimePoint now) {
  if (sip::is_reliable(flow.transport)) return false;
  door_.proven(caller, now);
  if (caller == flow.remote.ip) return true;
  if (elsewhere_.size() >= kElsewhereMax) elsewhere_.clear();
  elsewhere_[flow.remote.ip] = kDrawnBytes * bytes;
  return false;
}

std::size_t CallerProofs::paid_elsewhere(const sip::Send& one) {
  const auto it = elsewhere_.find(one.flow.remote.ip);
  if (it == elsewhere_.end()) return 0;
  const auto paid = std::min(it->second, one.bytes.size());
  it->second -= paid;
  if (it->second == 0) elsewhere_.erase(it);
  return paid;
}

bool CallerProofs::may_answer(IpAddress caller, const sip::Send& one, TimePoint now) {
  if (one.flow.remote.ip == caller) return true;
  return door_.may_answer(one.flow, paid_elsewhere(one), one.bytes.size(), now);
}

// Towards who has proved nothing only as far as its budget goes, or a forged INVITE would bring the owner of
// its address ten answers, and one forged in a dialog as many. The door forgets after ten minutes who has
// proved itself: it is reminded of those whose calls ring on, for a day perhaps, and say so each minute.
bool CallerProofs::may_repeat(const sip::Send& one, TimePoint now) {
  const auto caller = callers_.find(one.flow.remote.ip);
  const bool unproven = caller != callers_.end() && caller->second.unproven_calls > 0;
  if (!unproven && !is_answer(one)) return true;
  if (!unproven && caller != callers_.end() && caller->second.proven_calls > 0) {
    door_.proven(one.flow.remote.ip, now);
  }
  // By itself no budget would ever do for one that is large, as its INVITE was.
  const bool large = one.bytes.size() > admission::ReplyBudget::kSmallReplyBytes;
  auto paid = unproven && large ? std::exchange(caller->second.request_bytes, 0) : 0;
  if (!unproven) paid = paid_elsewhere(one);
  return door_.may_answer(one.flow, paid, one.bytes.size(), now);
}

}  // namespace portico::signaling
