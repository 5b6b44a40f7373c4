#pragma once
// What this user agent says of itself. Given once, at construction of UserAgent.

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "sip/transaction/flow.h"

namespace portico::sip {

// What is answered otherwise than by 405, and what a peer may require of us. Not REFER: who sees it there
// offers to transfer, and we decline.
inline constexpr std::string_view kAllow = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO";
inline constexpr std::string_view kSupported = "100rel, timer";

struct UserAgentProfile {
  std::string product = "Portico/" PORTICO_VERSION;  // User-Agent in requests, Server in responses
  // host[:port] put into Via and Contact, by transport; empty: the local endpoint of the flow.
  std::array<std::string, 5> advertised;
  std::string allow{kAllow};
  std::string supported{kSupported};
  std::chrono::seconds session_expires{
      1800};                        // asked for in our INVITEs and answers; 0: no session timer of ours
  std::chrono::seconds min_se{90};  // RFC 4028: never below 90

  const std::string& advertised_for(Transport t) const { return advertised[static_cast<std::size_t>(t)]; }
};

}  // namespace portico::sip
