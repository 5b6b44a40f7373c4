#pragma once
// What this user agent says of itself. Given once, at construction of UserAgent.

#include <array>
#include <chrono>
#include <string>

#include "sip/transaction/flow.h"

namespace portico::sip {

struct UserAgentProfile {
  std::string product = "Portico/" PORTICO_VERSION;  // User-Agent in requests, Server in responses
  // host[:port] put into Via and Contact, by transport; empty: the local endpoint of the flow.
  std::array<std::string, 5> advertised;
  std::string allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, REFER, NOTIFY";
  std::string supported = "100rel, timer";
  std::chrono::seconds session_expires{
      1800};                        // asked for in our INVITEs and answers; 0: no session timer of ours
  std::chrono::seconds min_se{90};  // RFC 4028: never below 90

  const std::string& advertised_for(Transport t) const { return advertised[static_cast<std::size_t>(t)]; }
};

}  // namespace portico::sip
