#include "account/patch.h"

#include "account/callback_patch.h"
#include "account/fault_list.h"
#include "account/inbound_patch.h"
#include "base/hash.h"
#include "base/ids.h"
#include "base/limits.h"
#include "base/utf8.h"

namespace portico::account {
namespace {

void refuse_read_only(const Patch& patch, const Application& current, FaultList& faults) {
  const auto refuse = [&](std::string_view field) {
    faults.add(field, std::string(field) + " is read-only");
  };
  if (!patch.application_id.absent() && patch.application_id.value != current.id) refuse("applicationId");
  if (!patch.sip_uri.absent()) refuse("sipUri");
  if (!patch.sip_auth_password.absent()) refuse("sipAuthPassword");
}

void merge_name(const Patch& patch, Application& next, FaultList& faults) {
  constexpr std::string_view kField = "applicationName";
  const auto* name = faults.required(patch.application_name, kField, "a string");
  if (name == nullptr) return;
  if (name->empty() || count_characters(*name) > limits::kApplicationNameCharactersMax) {
    faults.add(kField, "applicationName must have 1 to " +
                           std::to_string(limits::kApplicationNameCharactersMax) + " characters");
  } else if (has_control_characters(*name)) {
    faults.add(kField, "applicationName must not hold control characters");
  } else {
    next.name = *name;
  }
}

void merge_flag(const Given<bool>& given, std::string_view field, bool& into, FaultList& faults) {
  if (const bool* value = faults.required(given, field, "a boolean")) into = *value;
}

tl::expected<Changed, Faults> merge_into(Application next, const Patch& patch, const Deployment& deployment,
                                         const Fresh& fresh, FaultList faults) {
  refuse_read_only(patch, next, faults);
  merge_name(patch, next, faults);
  auto password = merge_inbound(patch, deployment, fresh, next, faults);
  merge_flag(patch.require_tls, "requireTls", next.require_tls, faults);
  merge_flag(patch.require_srtp, "requireSrtp", next.require_srtp, faults);
  merge_callbacks(patch, deployment, next, faults);
  if (!faults.empty()) return tl::unexpected(faults.take());
  return Changed{.application = std::move(next), .one_time_password = std::move(password)};
}

}  // namespace

Fresh make_fresh(WallTime now) {
  return {.now = now,
          .application_id = new_uuid(),
          .sip_user = new_uuid(),
          .password = random_alnum(kPasswordLength)};
}

tl::expected<Changed, Faults> create(const std::string& account_id, const Patch& patch,
                                     const Deployment& deployment, const Fresh& fresh) {
  FaultList faults;
  if (patch.application_name.absent()) faults.add("applicationName", "applicationName is missing");
  Application blank;
  blank.account_id = account_id;
  auto changed = merge_into(std::move(blank), patch, deployment, fresh, std::move(faults));
  if (changed) {
    changed->application.id = fresh.application_id;
    changed->application.created = fresh.now;
    changed->application.updated = fresh.now;
  }
  return changed;
}

tl::expected<Changed, Faults> merge(const Application& current, const Patch& patch,
                                    const Deployment& deployment, const Fresh& fresh) {
  auto changed = merge_into(current, patch, deployment, fresh, FaultList());
  if (changed && changed->application != current) {
    changed->application.version = current.version + 1;
    changed->application.updated = fresh.now;
  }
  return changed;
}

}  // namespace portico::account
