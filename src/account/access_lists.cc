#include "account/access_lists.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "base/limits.h"

namespace portico::account {
namespace {

template <typename T>
bool holds(const std::vector<T>& list, const T& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace

std::vector<Cidr> read_sources(const std::vector<std::string>& texts, const Deployment& deployment,
                               FaultList& faults) {
  std::vector<Cidr> blocks;
  if (texts.size() > limits::kAllowedSourcesMax) {
    faults.add(kAllowedSourceIps, "allowedSourceIps may hold at most " +
                                      std::to_string(limits::kAllowedSourcesMax) + " blocks, but has " +
                                      std::to_string(texts.size()));
  }
  for (const auto& text : texts | std::views::take(limits::kFaultsMax)) {
    const auto block = parse_cidr(text);
    if (!block) {
      faults.add(kAllowedSourceIps, quoted(text) + ": " + block.error().what);
    } else if (!deployment.allow_private_source_ips && overlaps_non_public(*block)) {
      faults.add(kAllowedSourceIps, quoted(text) + " overlaps address space that is not public");
    } else if (holds(blocks, *block)) {
      faults.add(kAllowedSourceIps, quoted(text) + " is listed twice");
    } else {
      blocks.push_back(*block);
    }
  }
  return blocks;
}

std::vector<std::string> read_regions(const std::vector<std::string>& names, const Deployment& deployment,
                                      FaultList& faults) {
  std::vector<std::string> regions;
  bool unknown = false;
  for (const auto& name : names) {
    if (!deployment.knows_region(name)) {
      // The list of known names is the longest part: once is enough.
      const auto known = std::exchange(unknown, true) ? "" : "; known: " + joined(deployment.regions);
      faults.add(kAllowedRegions, quoted(name) + " is not a region of this deployment" + known);
    } else if (holds(regions, name)) {
      faults.add(kAllowedRegions, quoted(name) + " is listed twice");
    } else {
      regions.push_back(name);
    }
  }
  return regions;
}

}  // namespace portico::account
