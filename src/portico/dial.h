#pragma once
// `portico dial`: one outgoing call from the terminal, on the same sip, sdp and media rooms as the server.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/codec.h"
#include "base/result.h"
#include "base/time.h"
#include "sip/transaction/flow.h"

namespace portico::app {

struct DialOptions {
  std::string uri;
  std::string username;  // empty: the user part of the URI
  std::string password;
  std::optional<sip::Transport> transport;
  std::string from;  // a SIP URI; empty: sip:dial@<local address>
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<Codec> codecs{Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus};
  bool srtp = false;
  std::string say;
  std::string play_file;
  Millis sound_after{0};  // from the answer
  std::string digits;
  std::optional<Millis> digits_after;  // from the answer
  std::string record_file;
  std::optional<Millis> duration;  // nothing: until the far end hangs up
  bool trace = false;
  bool json = false;
};

struct DialReport {
  int status = 0;      // final SIP status of the INVITE; 0: none came
  std::string reason;  // phrase, or what went wrong
  std::string why;     // Warning and Reason of the refusal, Reason of the BYE; may be empty
  bool challenged = false;
  std::string codec;
  std::optional<std::int64_t> ring_ms;         // first 18x, from the first INVITE
  std::optional<std::int64_t> answer_ms;       // 200
  std::optional<std::int64_t> first_audio_ms;  // first frame that is no silence, from the 200
  std::int64_t duration_ms = 0;                // from the 200 to the end
  std::string hangup_by;                       // "local", "remote"; empty when not answered
  std::uint64_t rtp_sent = 0;
  std::uint64_t rtp_received = 0;
  std::int64_t rtp_lost = 0;
  std::int64_t rtp_jitter_ms = 0;
  std::string digits_received;

  bool answered() const { return status >= 200 && status < 300; }
};
std::string to_json(const DialReport& report);
std::string to_text(const DialReport& report);

// The exit status: 0 if the call was answered.
int dial(const DialOptions& options);

}  // namespace portico::app
