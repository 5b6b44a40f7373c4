#include "sip/message/stream_framer.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "sip/message/chars.h"
#include "sip/message/header_name.h"

namespace portico::sip {
namespace {

constexpr Fault kTooLarge{.status = 413, .what = "message too large"};
constexpr std::string_view kFold = " \t\r\n";  // what a fold is made of
constexpr std::size_t kCompactBytes = 16'384;  // handed-out bytes kept in front before they are moved away

struct Length {
  std::size_t bytes = 0;
  std::string_view fault;  // "" when sound
};

// `head` ends with the empty line. Says the same as the parser will: one Content-Length, digits only.
Length find_length(std::string_view head) {
  std::string_view found;
  bool any = false;
  auto at = head.find("\r\n");
  while (at + 4 < head.size()) {
    auto end = at + 2;
    do {
      end = head.find("\r\n", end + (end == at + 2 ? 0 : 2));
    } while (end + 2 < head.size() && is_blank(head[end + 2]));
    const auto line = head.substr(at + 2, end - at - 2);
    at = end;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = line.substr(0, line.substr(0, colon).find_last_not_of(kFold) + 1);
    if (find_header(name) != Header::content_length) continue;
    if (any) return {.bytes = 0, .fault = "Content-Length twice"};
    any = true;
    found = line.substr(colon + 1);
  }
  if (!any) return {.bytes = 0, .fault = "no Content-Length on a stream"};
  const auto first = found.find_first_not_of(kFold);
  Length out;
  if (first == std::string_view::npos) return {.bytes = 0, .fault = "Content-Length malformed"};
  const auto digits = found.substr(first, found.find_last_not_of(kFold) - first + 1);
  if (!to_number(digits, out.bytes, 0xFFFF'FFFF)) out.fault = "Content-Length malformed";
  return out;
}

}  // namespace

void StreamFramer::push(std::string_view bytes) {
  if (!broken_) buffer_ += bytes;
}

Frame StreamFramer::pop() {
  if (broken_) return {.kind = Frame::Kind::broken, .parsed = {}};
  if (needed_ == 0) {
    bool done = false;
    auto frame = skip_line_ends(done);
    if (done) return frame;
    auto fault = read_head();
    if (fault) return break_off(*fault);
  }
  if (needed_ == 0 || buffer_.size() - start_ < needed_) return {};
  return cut(needed_);
}

// Between messages: RFC 3261 section 7.5 ignores empty lines, RFC 5626 makes two of them a question.
Frame StreamFramer::skip_line_ends(bool& done) {
  while (buffer_.size() - start_ >= 2 && buffer_[start_] == '\r' && buffer_[start_ + 1] == '\n') {
    start_ += 2;
    if (++line_ends_ < 2) continue;
    line_ends_ = 0;
    done = true;
    compact();
    return {.kind = Frame::Kind::ping, .parsed = {}};
  }
  compact();
  const auto left = std::string_view(buffer_).substr(start_);
  done = left.empty() || left == "\r";
  if (!done) line_ends_ = 0;
  return {};
}

// Looks for the end of the headers; sets needed_ when it is there.
std::optional<Fault> StreamFramer::read_head() {
  const auto all = std::string_view(buffer_);
  // No message begins like this: a TLS hello, or a stream that is out of step.
  if (!is_class(all[start_], kToken)) return Fault{.status = 400, .what = "not a SIP message"};
  const auto end = all.find("\r\n\r\n", std::max(scanned_, start_));
  if (end == std::string_view::npos) {
    scanned_ = all.size() - std::min<std::size_t>(all.size() - start_, 3);
    if (all.size() - start_ > limits::kSipMessageBytesMax) return kTooLarge;
    return std::nullopt;
  }
  const auto head_size = end + 4 - start_;
  if (head_size > limits::kSipMessageBytesMax) return kTooLarge;
  const auto length = find_length(all.substr(start_, head_size));
  if (!length.fault.empty()) return Fault{.status = 400, .what = length.fault};
  if (length.bytes > limits::kSipMessageBytesMax - head_size) return kTooLarge;
  needed_ = head_size + length.bytes;
  return std::nullopt;
}

Frame StreamFramer::cut(std::size_t size) {
  std::string bytes;
  if (start_ == 0 && size == buffer_.size()) {
    bytes = std::exchange(buffer_, {});
  } else {
    bytes.assign(buffer_, start_, size);
    start_ += size;
  }
  needed_ = 0;
  scanned_ = 0;
  compact();
  return {.kind = Frame::Kind::message, .parsed = parse_framed(std::move(bytes))};
}

// What is there of the message is read, so that its sender may learn what was wrong.
Frame StreamFramer::break_off(Fault fault) {
  broken_ = true;
  Frame out{.kind = Frame::Kind::broken,
            .parsed = parse_datagram(buffer_.substr(start_, limits::kSipMessageBytesMax))};
  out.parsed.fault = fault;
  buffer_ = {};
  start_ = 0;
  return out;
}

void StreamFramer::compact() {
  if (start_ < buffer_.size() && start_ < kCompactBytes) return;
  buffer_.erase(0, start_);
  scanned_ = scanned_ > start_ ? scanned_ - start_ : 0;
  start_ = 0;
}

}  // namespace portico::sip
