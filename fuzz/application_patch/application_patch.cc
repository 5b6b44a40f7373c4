// room: api
// A request body that changes a voice application: whatever it holds, what comes out keeps the contract's
// rules.

#include <cstdint>
#include <cstdlib>

#include "api/applications/application_json.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "bxml/parse.h"
#include "bxml/report.h"
#include "bxml/url.h"
#include "http/json.h"
#include "http/url.h"

namespace {

using namespace portico;

std::optional<std::string> bxml_fault(std::string_view document) {
  const auto faults = bxml::check(document);
  if (faults.empty()) return std::nullopt;
  return bxml::describe(faults.front());
}

const account::Deployment& deployment() {
  static const account::Deployment made{.domain = "sip.example.org",
                                        .realm = "sip.example.org",
                                        .regions = {"US", "EU"},
                                        .bxml_fault = bxml_fault};
  return made;
}

account::Fresh fresh() {
  return {.application_id = "0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10",
          .sip_user = "7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11",
          .password = "0123456789abcdef0123456789abcdef"};
}

void require(bool holds) {
  if (!holds) std::abort();
}

// What asks it and what resolves the reply's URLs against it read it alike.
void check_url(const std::string& url) {
  constexpr std::string_view kPath = "/x";
  if (url.empty()) return;
  require(http::parse_url(url).has_value());
  require(url.size() + kPath.size() > limits::kUrlBytesMax || bxml::resolve(url, kPath).has_value());
}

void check(const account::Changed& changed) {
  const auto& app = changed.application;
  require(app.inbound_sip_enabled == !app.sip_user.empty());
  require(app.password_auth_enabled == !app.digest.ha1_sha256.empty());
  if (app.inbound_sip_enabled) require(app.password_auth_enabled || !app.allowed_sources.empty());
  if (!app.inbound_sip_enabled) {
    require(!app.password_auth_enabled && app.allowed_sources.empty() && app.allowed_regions.empty());
    require(!changed.one_time_password);
  }
  require(app.callbacks.timeout >= 1s && app.callbacks.timeout <= 25s);
  require(app.inline_bxml.empty() || (app.callbacks.initiated_url.empty() && !bxml_fault(app.inline_bxml)));
  check_url(app.callbacks.initiated_url);
  check_url(app.callbacks.initiated_fallback_url);
  check_url(app.callbacks.status_url);
  require(app.allowed_sources.size() <= limits::kAllowedSourcesMax);
  for (const Cidr& block : app.allowed_sources) require(!overlaps_non_public(block));
  for (const std::string& region : app.allowed_regions) require(deployment().knows_region(region));
  require(!api::to_json(app, deployment().domain).contains("sipAuthPassword"));
}

account::Application enabled() {
  const account::Patch patch{.application_name = {std::string("x")},
                             .inbound_sip_calls_enabled = {true},
                             .password_auth_enabled = {true}};
  return account::create("1", patch, deployment(), fresh())->application;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = http::parse_json_object(as_text({data, size}));
  if (!body) return 0;
  const auto patch = api::patch_from_json(*body);
  static const account::Application current = enabled();
  if (const auto made = account::create("1", patch, deployment(), fresh())) check(*made);
  const auto merged = account::merge(current, patch, deployment(), fresh());
  if (!merged) {
    require(!merged.error().empty());
    return 0;
  }
  check(*merged);
  // What was taken once is taken again, and without a new password changes nothing more.
  const auto again = account::merge(merged->application, patch, deployment(), fresh());
  require(again.has_value());
  if (!again->one_time_password) require(again->application == merged->application);
  return 0;
}
