#include "sim/admission_rules.h"

#include <algorithm>

#include "base/hash.h"
#include "base/limits.h"

namespace portico::sim {
namespace {

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

}  // namespace

void AdmissionRules::on_challenge(const Endpoint& to, const sip::Message& challenge) {
  const auto nonce = parameter(std::string(challenge.value(sip::Header::proxy_authenticate)), "nonce");
  if (!nonce.empty()) nonces_.try_emplace(nonce, Nonce{.given_to = to.ip, .at = loop_.now()});
}

void AdmissionRules::on_invite(const std::string& key, const Endpoint& from, const sip::Message& invite) {
  invites_[key] = {.source = from.ip,
                   .hops = std::string(invite.value("Max-Forwards")),
                   .method = std::string(invite.method_text()),
                   .authorization = std::string(invite.value(sip::Header::proxy_authorization))};
}

void AdmissionRules::on_admitted(const std::string& key) {
  const auto it = invites_.find(key);
  const auto fault = it == invites_.end() ? "it never came" : fault_of(it->second);
  if (!fault.empty()) broken_.push_back(key + " was admitted, although " + fault);
}

std::string AdmissionRules::fault_of(const Invite& invite) {
  const auto& regions = settings_.allowed_regions;
  if (draining_) return "the server was draining";
  if (invite.hops == "0") return "it had no hop left";
  if (std::find(regions.begin(), regions.end(), settings_.region) == regions.end())
    return "its region is not allowed";
  const auto& sources = settings_.allowed_sources;
  if (!sources.empty() && std::none_of(sources.begin(), sources.end(),
                                       [&](const Cidr& block) { return block.contains(invite.source); })) {
    return "its source is not allowed";
  }
  return settings_.password ? fault_of_proof(invite) : std::string();
}

std::string AdmissionRules::fault_of_proof(const Invite& invite) {
  const auto& proof = invite.authorization;
  if (proof.empty()) return "nothing was proved";
  if (parameter(proof, "response") != right_response(proof, invite.method)) return "the password was wrong";
  const auto nonce = nonces_.find(parameter(proof, "nonce"));
  if (nonce == nonces_.end()) return "its nonce was never given";
  if (nonce->second.given_to != invite.source) return "its nonce was given to another address";
  if (loop_.now() - nonce->second.at > limits::kNonceLife + 1s) return "its nonce had expired";
  const bool first =
      used_.insert(nonce->first + " " + parameter(proof, "nc") + " " + parameter(proof, "cnonce")).second;
  return first ? std::string() : "its nonce count was used before";
}

}  // namespace portico::sim
