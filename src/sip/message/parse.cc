#include "sip/message/parse.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/limits.h"
#include "sip/message/chars.h"
#include "sip/message/headers.h"

namespace portico::sip {

// Goes over the buffer once, from the start line to the empty line. After a fault it reads on as far as sense
// can be made, so that the fault can be answered.
class MessageParser {
 public:
  explicit MessageParser(std::string bytes) : message_(parsed_.message) {
    message_.buffer_ = std::move(bytes);
  }

  Parsed run(bool framed) {
    auto& buffer = message_.buffer_;
    // A heap buffer keeps its address when moved: views survive.
    if (buffer.capacity() < 32) buffer.reserve(32);
    if (buffer.size() > limits::kSipMessageBytesMax) {
      set_fault(413, "message too large");
      buffer.resize(limits::kSipMessageBytesMax);
    }
    while (text().substr(at_, 2) == "\r\n") at_ += 2;
    if (!read_start_line() || !read_fields()) return std::move(parsed_);
    read_response_method();
    check_via_depth();
    place_body(framed);
    return std::move(parsed_);
  }

 private:
  using Span = Message::Span;

  std::string_view text() const { return message_.buffer_; }
  void set_fault(int status, std::string_view what) {
    if (!parsed_.fault) parsed_.fault = Fault{.status = status, .what = what};
  }
  Span span_of(std::string_view part) const {
    return {.offset = static_cast<std::uint32_t>(part.data() - message_.buffer_.data()),
            .size = static_cast<std::uint32_t>(part.size())};
  }

  // The line from at_ without its CRLF; at_ moves behind it. False: there is no CRLF any more.
  bool take_line(std::string_view& line) {
    const auto rest = text().substr(at_);
    const auto* const end = static_cast<const char*>(std::memchr(rest.data(), '\n', rest.size()));
    if (end == nullptr) return false;
    auto size = static_cast<std::size_t>(end - rest.data());
    at_ += size + 1;
    if (size == 0 || rest[size - 1] != '\r') {
      set_fault(400, "line feed without carriage return");
    } else {
      --size;
    }
    line = rest.substr(0, size);
    blank_stray_returns(line);
    return true;
  }

  // A fault, and even then no field ever holds one: its text may be repeated in the answer.
  void blank_stray_returns(std::string_view line) {
    if (std::memchr(line.data(), '\r', line.size()) == nullptr) return;
    set_fault(400, "carriage return without line feed");
    const auto span = span_of(line);
    for (auto i = span.offset; i < span.offset + span.size; ++i) {
      if (message_.buffer_[i] == '\r') message_.buffer_[i] = ' ';
    }
  }

  bool read_start_line() {
    std::string_view line;
    if (!take_line(line)) {
      set_fault(400, "no start line");
      return false;
    }
    if (starts_nocase(line, "SIP/")) return read_status_line(line);
    const auto space = line.find(' ');
    const auto method = line.substr(0, space);
    if (!is_token(method) || space == std::string_view::npos) {
      set_fault(400, "not a SIP message");
      return false;
    }
    message_.is_request_ = true;
    message_.start_a_ = span_of(method);
    message_.method_ = find_method(method);
    // It is refused, and still says whom it was for.
    if (line.size() > limits::kSipStartLineBytesMax) set_fault(414, "Request-URI too long");
    read_uri_and_version(line.substr(space + 1));
    return true;
  }

  void read_uri_and_version(std::string_view rest) {
    const auto space = rest.find(' ');
    const auto uri = rest.substr(0, space);
    const auto version = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
    message_.start_b_ = span_of(uri);
    if (uri.empty() || version.find(' ') != std::string_view::npos) {
      set_fault(400, "blanks in the request line");
    } else if (!starts_nocase(version, "SIP/")) {
      set_fault(400, "request line without version");
    } else if (version.substr(4) != "2.0") {
      set_fault(505, "not SIP 2.0");
    }
  }

  bool read_status_line(std::string_view line) {
    int status = 0;
    const auto digits = line.substr(std::min<std::size_t>(line.size(), 8), 3);
    const bool sound = line.size() >= 11 && line.substr(4, 4) == "2.0 " && digits.size() == 3 &&
                       to_number(digits, status, 699) && status >= 100 &&
                       (line.size() == 11 || line[11] == ' ');
    if (!sound) {
      set_fault(400, "status line malformed");
      return false;
    }
    message_.status_ = status;
    message_.start_b_ = span_of(line.substr(std::min<std::size_t>(line.size(), 12)));
    return true;
  }

  // False: the empty line never came.
  bool read_fields() {
    std::string_view line;
    while (take_line(line)) {
      if (line.empty()) return true;
      if (!unfold(line)) break;
      add_field(line);
      if (message_.fields_.size() > limits::kSipHeadersMax) {
        message_.fields_.pop_back();
        set_fault(400, "too many header fields");
        return false;
      }
    }
    set_fault(400, "no end of header fields");
    return false;
  }

  // RFC 3261 section 7.3.1: a line that begins with a blank goes on with the one before. Its CRLF becomes
  // blanks.
  bool unfold(std::string_view& line) {
    while (at_ < text().size() && is_blank(text()[at_])) {
      const auto start = span_of(line).offset;
      std::string_view more;
      const auto folded_at = at_;
      if (!take_line(more)) return false;
      for (auto i = start + line.size(); i < folded_at; ++i) message_.buffer_[i] = ' ';
      line = text().substr(start, span_of(more).offset + more.size() - start);
    }
    return true;
  }

  void add_field(std::string_view line) {
    if (line.size() > limits::kSipHeaderBytesMax) return set_fault(400, "header field too large");
    std::size_t name_size = 0;
    while (name_size < line.size() && is_class(line[name_size], kToken)) ++name_size;
    std::size_t colon = name_size;
    while (colon < line.size() && is_blank(line[colon])) ++colon;
    if (name_size == 0 || colon == line.size() || line[colon] != ':') {
      return set_fault(400, "header field without name");
    }
    const auto value = trim(line.substr(colon + 1));
    message_.fields_.push_back({.name_offset = span_of(line).offset,
                                .name_size = static_cast<std::uint16_t>(name_size),
                                .value_delta = static_cast<std::uint16_t>(value.data() - line.data()),
                                .value_size = static_cast<std::uint16_t>(value.size()),
                                .id = find_header(line.substr(0, name_size))});
  }

  void read_response_method() {
    if (message_.is_request_) return;
    if (const auto cseq = read_cseq(message_)) message_.method_ = cseq->method;
  }

  void check_via_depth() {
    if (!message_.is_request_)
      return;  // a refusal of too many has them all: a response with two is not for us
    std::size_t depth = 0;
    for (const auto& entry : message_.fields_) {
      if (entry.id != Header::via) continue;
      auto rest = message_.value_of(entry);
      while (!next_value(rest).empty()) ++depth;
    }
    if (depth > limits::kSipViaDepthMax) set_fault(400, "too many Via values");
  }

  // RFC 3261 section 18.3.
  void place_body(bool framed) {
    const auto left = text().size() - at_;
    std::size_t size = left;
    if (message_.has(Header::content_length)) {
      std::size_t said = 0;
      if (message_.count(Header::content_length) > 1) return set_fault(400, "Content-Length twice");
      if (!to_number(message_.value(Header::content_length), said, 0xFFFF'FFFF)) {
        return set_fault(400, "Content-Length malformed");
      }
      if (said > left || (framed && said != left)) return set_fault(400, "Content-Length and body differ");
      size = said;
    }
    message_.body_ = {.offset = static_cast<std::uint32_t>(at_), .size = static_cast<std::uint32_t>(size)};
    message_.buffer_.resize(at_ + size);
  }

  Parsed parsed_;
  Message& message_;
  std::size_t at_ = 0;
};

Parsed parse_datagram(std::string bytes) { return MessageParser(std::move(bytes)).run(false); }
Parsed parse_framed(std::string bytes) { return MessageParser(std::move(bytes)).run(true); }

bool Parsed::answerable() const {
  constexpr std::size_t kAnswersOwn = 16;  // fields of an answer beside each Via of the request
  const auto vias = message.count(Header::via);
  return message.is_request() && message.method() != Method::ack && vias > 0 &&
         vias + kAnswersOwn <= limits::kSipHeadersMax && message.has(Header::from) &&
         message.has(Header::to) && message.has(Header::call_id) && message.has(Header::cseq);
}

}  // namespace portico::sip
