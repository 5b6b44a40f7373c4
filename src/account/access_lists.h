#pragma once
// allowedSourceIps and allowedRegions as they come in a request, turned into what the call path compares
// with. Contract voice-applications.md section 3, "CIDR validation".

#include <string>
#include <vector>

#include "account/deployment.h"
#include "account/fault_list.h"
#include "base/address.h"

namespace portico::account {

inline constexpr std::string_view kAllowedSourceIps = "allowedSourceIps";
inline constexpr std::string_view kAllowedRegions = "allowedRegions";

// Every bad entry is a fault of its own; the good ones are returned.
std::vector<Cidr> read_sources(const std::vector<std::string>& texts, const Deployment& deployment,
                               FaultList& faults);
std::vector<std::string> read_regions(const std::vector<std::string>& names, const Deployment& deployment,
                                      FaultList& faults);

}  // namespace portico::account
