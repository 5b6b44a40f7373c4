#pragma once
// A SIP session as a call sees it (call::Leg). Holds ids only: the session may be gone at any time.

#include <string>
#include <string_view>

#include "call/ports.h"
#include "sip/dialog/user_agent.h"

namespace portico::signaling {

class Pump;

class SipLeg final : public call::Leg {
 public:
  SipLeg(Pump& pump, sip::SessionId session) : pump_(pump), session_(session) {}

  void ring() override;
  bool answer(std::string sdp) override;
  void reject(int status, std::string reason) override;
  void hangup(std::string reason) override;
  bool answer_offer(std::string sdp) override;
  void refuse_offer(int status, std::string warning) override;
  void probe() override;

 private:
  Pump& pump_;
  sip::SessionId session_;
};

// RFC 3326: Portico;text="application-error" tells the peer's operator what happened. Empty for no text.
std::string reason_header(std::string_view text);

// The digits in an INFO body: application/dtmf-relay ("Signal=5\r\nDuration=160") or application/dtmf ("5").
std::optional<call::LegDigit> digit_of(const sip::Body& info);

}  // namespace portico::signaling
