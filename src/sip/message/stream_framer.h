#pragma once
// Cuts a byte stream (TCP, TLS) into SIP messages by Content-Length (RFC 3261 section 18.3) and sees
// keep-alives between them (RFC 5626 section 4.4.1). Holds at most one message of limits::kSipMessageBytesMax
// and what is read behind it. One framer a connection, one thread.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "sip/message/parse.h"

namespace portico::sip {

struct Frame {
  enum class Kind : unsigned char {
    none,     // nothing complete yet: read more
    message,  // `parsed`; a faulty one inside sound framing may be answered and the connection goes on
    ping,     // CRLF CRLF: answer CRLF
    broken,   // where the next message begins is lost: answer `parsed` if it is answerable, then close
  };
  Kind kind = Kind::none;
  Parsed parsed;
};

class StreamFramer {
 public:
  // Takes bytes as read; call pop() until it says none or broken before pushing more.
  void push(std::string_view bytes);
  Frame pop();

  // Bytes of an unfinished message are held: the time of limits::kTcpMessageMax runs.
  bool mid_message() const { return !broken_ && start_ < buffer_.size(); }
  bool broken() const { return broken_; }

 private:
  Frame skip_line_ends(bool& done);
  std::optional<Fault> read_head();
  Frame cut(std::size_t size);
  Frame break_off(Fault fault);
  void compact();

  std::string buffer_;
  std::size_t start_ = 0;    // first byte not yet handed out
  std::size_t scanned_ = 0;  // no end of headers before this
  std::size_t needed_ = 0;   // bytes from start_ of the message under way, once its headers are read
  unsigned line_ends_ = 0;   // CRLFs in a row since the last message
  bool broken_ = false;
};

}  // namespace portico::sip
