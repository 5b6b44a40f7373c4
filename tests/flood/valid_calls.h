#pragma once
// Calls with the right password, each as a telephone makes it: challenge, proof, ACK, and 200 to the server's
// BYE. What is refused is acknowledged and not tried again.

#include <set>
#include <string>
#include <utility>

#include "sip_attack.h"

namespace portico::flood {

class ValidCalls final : public SipAttack {
 public:
  using SipAttack::SipAttack;

  void send_one(ManySources& sources, std::uint64_t turn) override {
    const auto source = turn % sources.size();
    invite(sources, source, std::to_string(turn), 1, "");
  }

  void on_datagram(ManySources& sources, std::size_t source, std::string_view bytes) override {
    if (bytes.starts_with("BYE ")) return answer(sources, source, bytes);
    if (status_of(bytes) < 200 || field(bytes, "CSeq").find("INVITE") == std::string::npos) return;
    const auto call = call_of(bytes);
    const int cseq = field(bytes, "CSeq").starts_with("1 ") ? 1 : 2;
    // An answer whose ACK was slow comes again.
    if (answered_.emplace(call, cseq).second) SipAttack::on_datagram(sources, source, bytes);
    acknowledge(sources, source, call, cseq, bytes);
    if (status_of(bytes) == 407 && cseq == 1)
      invite(sources, source, call, 2, proof(nonce_of(bytes), options_.password));
  }

 private:
  void invite(ManySources& sources, std::size_t source, const std::string& call, int cseq,
              const std::string& more) {
    const auto sdp = "v=0\r\no=- 1 1 IN IP4 " + sources.address(source) + "\r\ns=-\r\nc=IN IP4 " +
                     sources.address(source) + "\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";
    auto text = request(sources, source, call, "INVITE", cseq, more + "Content-Type: application/sdp\r\n");
    const auto at = text.rfind("Content-Length: 0");
    text.replace(at, 17, "Content-Length: " + std::to_string(sdp.size()));
    sources.send(source, options_.target, text + sdp);
  }

  // The ACK to a 200 is a request of its own (RFC 3261 section 13.2.2.4); to a refusal it has the INVITE's
  // branch.
  void acknowledge(ManySources& sources, std::size_t source, const std::string& call, int cseq,
                   std::string_view to) {
    auto ack = request(sources, source, call, "ACK", cseq, "");
    if (status_of(to) < 300) ack.insert(ack.find("branch=z9hG4bK") + 14, "ack");
    const auto at = ack.find("\r\nTo: ") + 6;
    sources.send(source, options_.target, ack.replace(at, ack.find("\r\n", at) - at, field(to, "To")));
  }

  void answer(ManySources& sources, std::size_t source, std::string_view bye) {
    std::string text = "SIP/2.0 200 OK\r\n";
    for (const auto* const name : {"Via", "From", "To", "Call-ID", "CSeq"})
      text += std::string(name) + ": " + field(bye, name) + "\r\n";
    sources.send(source, options_.target, text + "Content-Length: 0\r\n\r\n");
  }

  std::set<std::pair<std::string, int>> answered_;  // call and CSeq
};

}  // namespace portico::flood
