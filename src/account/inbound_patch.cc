#include "account/inbound_patch.h"

#include "account/access_lists.h"
#include "base/hash.h"

namespace portico::account {
namespace {

constexpr std::string_view kInboundEnabled = "inboundSipCallsEnabled";
constexpr std::string_view kPasswordEnabled = "passwordAuthEnabled";

// What the patch says about access, parsed; null: not given, or not usable.
struct Wanted {
  const bool* enabled = nullptr;
  const bool* password = nullptr;
  std::optional<std::vector<Cidr>> sources;
  std::optional<std::vector<std::string>> regions;
};

Wanted read(const Patch& patch, const Deployment& deployment, FaultList& faults) {
  Wanted wanted;
  wanted.enabled = faults.required(patch.inbound_sip_calls_enabled, kInboundEnabled, "a boolean");
  wanted.password = faults.required(patch.password_auth_enabled, kPasswordEnabled, "a boolean");
  constexpr std::string_view kList = "an array of strings";
  if (const auto* texts = faults.required(patch.allowed_source_ips, kAllowedSourceIps, kList)) {
    wanted.sources = read_sources(*texts, deployment, faults);
  }
  if (const auto* names = faults.required(patch.allowed_regions, kAllowedRegions, kList)) {
    wanted.regions = read_regions(*names, deployment, faults);
  }
  return wanted;
}

// They would be cleared without a word, so they are refused.
void refuse_access_while_disabled(const Wanted& wanted, const Patch& patch, FaultList& faults) {
  const auto refuse = [&](std::string_view field) {
    faults.add(field, std::string(field) + " can only be set while inboundSipCallsEnabled is true");
  };
  if (wanted.password != nullptr && *wanted.password) refuse(kPasswordEnabled);
  if (!patch.allowed_source_ips.value.empty()) refuse(kAllowedSourceIps);
  if (!patch.allowed_regions.value.empty()) refuse(kAllowedRegions);
}

void disable(Application& next) {
  next.inbound_sip_enabled = false;
  next.password_auth_enabled = false;
  next.allowed_sources.clear();
  next.allowed_regions.clear();
  next.sip_user.clear();
  next.digest = {};
}

// The field that a person would look at first.
std::string_view field_without_mechanism(const Patch& patch) {
  if (!patch.inbound_sip_calls_enabled.absent()) return kInboundEnabled;
  return patch.password_auth_enabled.absent() ? kAllowedSourceIps : kPasswordEnabled;
}

void require_a_mechanism(const Application& next, const Patch& patch, FaultList& faults) {
  if (next.password_auth_enabled || !next.allowed_sources.empty()) return;
  // With an unusable list or flag in the request, what was meant is not known.
  if (faults.names(kAllowedSourceIps) || faults.names(kPasswordEnabled)) return;
  faults.add(field_without_mechanism(patch),
             "inbound SIP calls need passwordAuthEnabled true or at least one block in allowedSourceIps");
}

void merge_access(Wanted& wanted, const Deployment& deployment, Application& next) {
  const bool enabling = !next.inbound_sip_enabled;
  next.inbound_sip_enabled = true;
  if (wanted.password != nullptr) next.password_auth_enabled = *wanted.password;
  if (wanted.sources) next.allowed_sources = std::move(*wanted.sources);
  if (wanted.regions) {
    next.allowed_regions = std::move(*wanted.regions);
  } else if (enabling) {
    next.allowed_regions = deployment.regions;
  }
}

}  // namespace

DigestSecrets digest_secrets(std::string_view user, std::string_view realm, std::string_view password) {
  return {.realm = std::string(realm),
          .ha1_sha256 = hash_hex(HashAlgorithm::sha256, {user, ":", realm, ":", password}),
          .ha1_md5 = hash_hex(HashAlgorithm::md5, {user, ":", realm, ":", password})};
}

std::optional<std::string> merge_inbound(const Patch& patch, const Deployment& deployment, const Fresh& fresh,
                                         Application& next, FaultList& faults) {
  Wanted wanted = read(patch, deployment, faults);
  if (!(wanted.enabled != nullptr ? *wanted.enabled : next.inbound_sip_enabled)) {
    refuse_access_while_disabled(wanted, patch, faults);
    disable(next);
    return std::nullopt;
  }
  if (next.sip_user.empty()) next.sip_user = fresh.sip_user;
  const bool new_password = wanted.password != nullptr && *wanted.password;
  merge_access(wanted, deployment, next);
  require_a_mechanism(next, patch, faults);
  if (!next.password_auth_enabled) next.digest = {};
  if (!new_password) return std::nullopt;
  next.digest = digest_secrets(next.sip_user, deployment.realm, fresh.password);
  return fresh.password;
}

}  // namespace portico::account
