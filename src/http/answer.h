#pragma once
// An answer made ready for the wire: its head as bytes and where the body comes from. Internal to http/.

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/message.h"

namespace portico::http {

// An open file and the part of it that is still to be sent. Closes on destruction.
class OpenFile {
 public:
  OpenFile(int fd, std::uint64_t first, std::uint64_t length) : fd_(fd), next_(first), left_(length) {}
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  std::uint64_t left() const { return left_; }
  // The next piece, up to kPieceBytes; blocks. unavailable: the file cannot be read or has shrunk.
  Result<std::string> read();

  static constexpr std::size_t kPieceBytes = 262'144;

 private:
  int fd_;
  std::uint64_t next_;
  std::uint64_t left_;
};

struct Answer {
  std::string head;  // status line and fields up to the empty line
  std::string body;
  std::unique_ptr<OpenFile> file;  // after `body`, which is empty then
  bool keep_alive = true;
};

// What of the request decides how an answer is written.
struct AnswerTo {
  bool head_only = false;  // HEAD
  bool keep_alive = true;
  std::string range;  // value of Range
};

// Opens the file if there is one, which blocks. Header values that hold line breaks are left out.
Answer make_answer(Response response, const AnswerTo& to);

}  // namespace portico::http
