#pragma once
// Messages that tests start from, and one small change to them.

#include <string>
#include <string_view>

namespace portico::sip::test {

inline constexpr std::string_view kInvite =
    "INVITE sip:7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11@sip.example.org SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.7:5062;rport;branch=z9hG4bK776asdhds\r\n"
    "Max-Forwards: 70\r\n"
    "To: <sip:7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11@sip.example.org>\r\n"
    "From: \"Alice\" <sip:alice@pbx.example.net>;tag=1928301774\r\n"
    "Call-ID: a84b4c76e66710@pbx.example.net\r\n"
    "CSeq: 314159 INVITE\r\n"
    "Contact: <sip:alice@192.0.2.7:5062>\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 4\r\n"
    "\r\n"
    "v=0\n";

// kInvite with the first `from` replaced by `to`.
inline std::string invite_with(std::string_view from, std::string_view to) {
  std::string text(kInvite);
  return text.replace(text.find(from), from.size(), to);
}
// kInvite with one more field behind the request line.
inline std::string invite_and(std::string_view field) {
  return invite_with("Max-Forwards: 70\r\n",
                     std::string("Max-Forwards: 70\r\n").append(field).append("\r\n"));
}

}  // namespace portico::sip::test
