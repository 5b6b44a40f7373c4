#pragma once
// One line of an application's admission log (contract voice-applications.md 5.5). Never holds a digest
// response.

#include <cstdint>
#include <string>

#include "base/address.h"
#include "base/time.h"

namespace portico::account {

struct AdmissionRow {
  WallTime time{};
  std::string account_id;
  std::string application_id;
  Endpoint source;
  std::string transport;  // udp, tcp, tls, ws, wss
  std::string region;
  std::string sip_call_id;
  std::string from;          // as the caller wrote it
  std::uint8_t step = 0;     // 1..15 of contract voice-applications.md 5.2
  std::string reason;        // stable code, admission/reason.h
  std::uint16_t answer = 0;  // SIP status; 0: dropped in silence
  std::string explanation;   // for the owner of the application

  friend bool operator==(const AdmissionRow&, const AdmissionRow&) = default;
};

}  // namespace portico::account
