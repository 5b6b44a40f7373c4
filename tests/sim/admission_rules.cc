#include "sim/admission_rules.h"

#include <algorithm>

#include "base/hash.h"
#include "base/limits.h"

namespace portico::sim {
namespace {

// Contract voice-applications.md section 5.2, step 11.
constexpr std::size_t kFailures = 5;
constexpr auto kFailureWindow = 60s;
constexpr auto kLockout = 60s;
// Between what the server takes for certain and what it must: it counts milliseconds, and looks a moment
// later.
constexpr auto kSlack = 1s;
constexpr auto kCopies = 32s;  // 64*T1: a client sends one INVITE for so long, and it counts once

// The value of a digest parameter, without quotes. The simulation's own phones write them plainly.
std::string parameter(const std::string& value, const std::string& name) {
  auto at = value.find(name + "=");
  while (at != std::string::npos && at > 0 && value[at - 1] != ' ' && value[at - 1] != ',') {
    at = value.find(name + "=", at + 1);
  }
  if (at == std::string::npos) return {};
  const auto rest = value.substr(at + name.size() + 1);
  return rest.starts_with('"') ? rest.substr(1, rest.find('"', 1) - 1)
                               : rest.substr(0, rest.find_first_of(", "));
}

// RFC 7616 section 3.4.1, qop=auth.
std::string right_response(const std::string& value, const std::string& method) {
  const auto algorithm =
      parameter(value, "algorithm") == "SHA-256" ? HashAlgorithm::sha256 : HashAlgorithm::md5;
  const auto ha1 = hash_hex(algorithm, {kUser, ":", kRealm, ":", kPassword});
  const auto ha2 = hash_hex(algorithm, {method, ":", parameter(value, "uri")});
  return hash_hex(algorithm, {ha1, ":", parameter(value, "nonce"), ":", parameter(value, "nc"), ":",
                              parameter(value, "cnonce"), ":auth:", ha2});
}

// What a nonce may be used for once.
std::string use_of(const std::string& proof) {
  return parameter(proof, "nonce") + " " + parameter(proof, "nc") + " " + parameter(proof, "cnonce");
}

}  // namespace

void AdmissionRules::on_start() {
  draining_ = false;
  started_ = loop_.now();
}

void AdmissionRules::on_death() {
  let_in_.clear();
  starts_.clear();
  failures_.clear();
  guesses_.clear();
  counted_.clear();
  locked_until_.clear();
}

// True when `times` has at least `count` within the window that ends now.
bool AdmissionRules::in_last(Duration window, Times& times, std::size_t count) const {
  while (!times.empty() && loop_.now() - times.front() > window) times.pop_front();
  return times.size() >= count;
}

// A bucket of one second's depth: as many at once, and as many again within the second.
void AdmissionRules::look_at_rates(const std::string& key, IpAddress source) {
  if (settings_.invite_rate == 0) return;
  const auto invite = invites_.find(key);
  auto& times = let_in_[{source, invite != invites_.end() && invite->second.datagram}];
  times.push_back(loop_.now());
  if (in_last(1s, times, 2 * settings_.invite_rate + 1)) {
    over_limits_.push_back(key + " was answered, although " + source.to_string() + " sent too many");
  }
}

void AdmissionRules::look_at_account(const std::string& key) {
  const auto& limits = settings_.limits;
  starts_.push_back(loop_.now());
  if (limits.calls_per_second != 0 && in_last(1s, starts_, 2 * limits.calls_per_second + 1)) {
    over_limits_.push_back(key + " was admitted, although too many calls began");
  }
  const auto live = std::count_if(ledger_.calls.begin(), ledger_.calls.end(), [this](const auto& call) {
    return call.second.life == ledger_.life && !call.second.ended;
  });
  if (limits.concurrent_calls != 0 && live > limits.concurrent_calls) {
    over_limits_.push_back(key + " was admitted beside " + std::to_string(live) + " calls");
  }
}

// What proves something is refused while its source is locked out, right or wrong.
void AdmissionRules::look_at_lockout(const std::string& key, IpAddress source) {
  const auto locked = locked_until_.find(source);
  if (locked != locked_until_.end() && loop_.now() < locked->second) {
    lockouts_.push_back(key + " was answered, although its source was locked out");
  }
}

bool AdmissionRules::admits_addresses_of(IpAddress source) const {
  const auto& regions = settings_.allowed_regions;
  const auto& blocks = settings_.allowed_sources;
  return std::find(regions.begin(), regions.end(), settings_.region) != regions.end() &&
         (blocks.empty() || std::any_of(blocks.begin(), blocks.end(),
                                        [&](const Cidr& block) { return block.contains(source); }));
}

void AdmissionRules::on_forbidden(const std::string& key, const Endpoint& to) {
  if (!admits_addresses_of(to.ip)) return;
  if (in_last(kFailureWindow + kLockout, guesses_[to.ip], kFailures)) return;
  lockouts_.push_back(key + " was refused, although nobody guessed at " + to.ip.to_string());
}

void AdmissionRules::on_challenge(const std::string& key, const Endpoint& to, const sip::Message& challenge) {
  look_at_rates(key, to.ip);
  const auto invite = invites_.find(key);
  if (invite != invites_.end() && !invite->second.authorization.empty()) {
    look_at_lockout(key, to.ip);
    if (is_guess(invite->second, to.ip) && is_new_guess(invite->second, to.ip)) {
      auto& failures = failures_[to.ip];
      failures.push_back(loop_.now());
      // At just 60 s the window may be seen as over.
      if (in_last(kFailureWindow - 1ms, failures, kFailures)) {
        locked_until_[to.ip] = loop_.now() + kLockout;
        failures.clear();
      }
    }
  }
  const auto nonce = parameter(std::string(challenge.value(sip::Header::proxy_authenticate)), "nonce");
  if (!nonce.empty()) nonces_.try_emplace(nonce, Nonce{.given_to = to.ip, .at = loop_.now()});
}

void AdmissionRules::on_invite(const std::string& key, const Endpoint& from, const sip::Message& invite) {
  invites_[key] = {.source = from.ip,
                   .hops = std::string(invite.value("Max-Forwards")),
                   .method = std::string(invite.method_text()),
                   .uri = std::string(invite.request_uri()),
                   .authorization = std::string(invite.value(sip::Header::proxy_authorization)),
                   .datagram = invite.value(sip::Header::via).starts_with("SIP/2.0/UDP")};
  if (is_guess(invites_[key], from.ip)) guesses_[from.ip].push_back(loop_.now());
}

// A wrong password for a nonce that this address was given, and not long ago: of others a forged address may
// be the sender.
bool AdmissionRules::is_guess(const Invite& invite, IpAddress source) const {
  if (invite.authorization.empty()) return false;
  const auto nonce = nonces_.find(parameter(invite.authorization, "nonce"));
  return nonce != nonces_.end() && nonce->second.given_to == source &&
         loop_.now() - nonce->second.at <= 2 * limits::kNonceLife &&
         parameter(invite.authorization, "response") != right_response(invite.authorization, invite.method);
}

bool AdmissionRules::is_new_guess(const Invite& invite, IpAddress source) {
  const auto [it, first] =
      counted_.try_emplace({source, parameter(invite.authorization, "response")}, loop_.now());
  if (first) return true;
  if (loop_.now() - it->second < kCopies) return false;
  it->second = loop_.now();
  return true;
}

void AdmissionRules::on_admitted(const std::string& key, const Endpoint& to) {
  const auto it = invites_.find(key);
  const auto fault = it == invites_.end() ? "it never came" : fault_of(it->second, kSlack);
  if (!fault.empty()) strangers_.push_back(key + " was admitted, although " + fault);
  if (it != invites_.end()) used_.insert(use_of(it->second.authorization));
  look_at_rates(key, to.ip);
  look_at_account(key);
  look_at_lockout(key, to.ip);
}

// Who is locked out, or over a limit, is refused all the same: 403 is looked at in on_forbidden.
void AdmissionRules::on_refused(const std::string& key, int status) {
  const auto it = invites_.find(key);
  const bool limited = settings_.limits.concurrent_calls != 0 || settings_.limits.calls_per_second != 0 ||
                       settings_.invite_rate != 0;
  if (it == invites_.end() || status == 403) return;
  const auto& invite = it->second;
  if (invite.uri.find(kUser) == std::string::npos || !fault_of(invite, -kSlack).empty()) return;
  if (status == 503 && limited)
    spent_.insert(use_of(invite.authorization));  // unless it was the source's rate
  if (spent_.contains(use_of(invite.authorization))) return;
  refused_.push_back(key + " may call, and got " + std::to_string(status));
}

std::string AdmissionRules::fault_of(const Invite& invite, Duration slack) const {
  if (draining_) return "the server was draining";
  if (invite.hops == "0") return "it had no hop left";
  if (!admits_addresses_of(invite.source)) return "its region or its source is not allowed";
  return settings_.password ? fault_of_proof(invite, slack) : std::string();
}

std::string AdmissionRules::fault_of_proof(const Invite& invite, Duration slack) const {
  const auto& proof = invite.authorization;
  if (proof.empty()) return "nothing was proved";
  if (parameter(proof, "response") != right_response(proof, invite.method)) return "the password was wrong";
  const auto nonce = nonces_.find(parameter(proof, "nonce"));
  if (nonce == nonces_.end()) return "its nonce was never given";
  if (nonce->second.given_to != invite.source) return "its nonce was given to another address";
  if (loop_.now() - nonce->second.at > limits::kNonceLife + slack) return "its nonce had expired";
  if (nonce->second.at + slack < started_) return "its nonce was given by an earlier life";
  return used_.contains(use_of(proof)) ? "its nonce count was used before" : std::string();
}

}  // namespace portico::sim
