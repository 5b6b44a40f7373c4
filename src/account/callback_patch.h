#pragma once
// The webhook fields of a patch: URLs, methods, credentials, timeout, and the inline document that stands in
// for them.

#include "account/fault_list.h"

namespace portico::account {

void merge_callbacks(const Patch& patch, const Deployment& deployment, Application& next, FaultList& faults);

// Nothing when `url` is an absolute http or https URL that we can ask; otherwise what is wrong with it.
std::optional<std::string> url_fault(std::string_view url);

}  // namespace portico::account
