#pragma once
// A deployment, and applications in the states that the tests begin with.

#include "account/patch.h"

namespace portico::account::samples {

inline constexpr WallTime kMonday{Millis{1'785'000'000'000}};
inline constexpr WallTime kTuesday = kMonday + 24h;

inline Deployment deployment() {
  return {.domain = "sip.voice.example.org", .realm = "sip.voice.example.org", .regions = {"US", "EU"}};
}

inline Fresh fresh(char digit, WallTime now = kMonday) {
  const std::string uuid = std::string(8, digit) + "-0000-4000-8000-000000000000";
  return {.now = now,
          .application_id = "a" + uuid.substr(1),
          .sip_user = "b" + uuid.substr(1),
          .password = std::string(kPasswordLength, digit)};
}

inline Application disabled() {
  const auto made = create("9900000", {.application_name = {"Lobby"}}, deployment(), fresh('1'));
  return made->application;
}

inline Application with_password() {
  const Patch patch{.inbound_sip_calls_enabled = {true}, .password_auth_enabled = {true}};
  return merge(disabled(), patch, deployment(), fresh('2'))->application;
}

inline Application with_sources(std::vector<std::string> blocks) {
  const Patch patch{.inbound_sip_calls_enabled = {true}, .allowed_source_ips = {std::move(blocks)}};
  return merge(disabled(), patch, deployment(), fresh('3'))->application;
}

}  // namespace portico::account::samples
