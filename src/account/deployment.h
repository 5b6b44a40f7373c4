#pragma once
// What the rules of applications need to know of the installation they run in.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace portico::account {

struct Deployment {
  std::string domain;                         // host part of every sipUri
  std::string realm;                          // digest realm; normally the domain
  std::vector<std::string> regions = {"US"};  // every region that allowedRegions may name
  bool allow_private_source_ips = false;
  // Says what is wrong with an inline BXML document, or nothing. Unset: not checked.
  std::function<std::optional<std::string>(std::string_view document)> bxml_fault;

  bool knows_region(std::string_view region) const;
};

}  // namespace portico::account
