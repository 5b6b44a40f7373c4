#pragma once
// The inbound SIP part of a patch: what must hold together when calls are switched on or off, and when a new
// SIP URI and a new password are made. Contract voice-applications.md section 3 "PATCH semantics".

#include "account/fault_list.h"

namespace portico::account {

// Returns the new password, if this change makes one.
std::optional<std::string> merge_inbound(const Patch& patch, const Deployment& deployment, const Fresh& fresh,
                                         Application& next, FaultList& faults);

DigestSecrets digest_secrets(std::string_view user, std::string_view realm, std::string_view password);

}  // namespace portico::account
