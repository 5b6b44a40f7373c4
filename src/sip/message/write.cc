#include "sip/message/write.h"

#include <charconv>
#include <cstring>
#include <utility>

#include "base/counters.h"
#include "sip/message/chars.h"
#include "sip/message/escape.h"
#include "sip/message/status.h"

namespace portico::sip {
namespace {

// Most messages of ours fit: one allocation a message.
constexpr std::size_t kUsualBytes = 1'200;

void count_sanitised() {
  static auto& count =
      counter("portico_sip_writer_sanitised_total",
              "Values that held CR, LF or NUL, and names that are no tokens, on their way out");
  count.add();
}

bool has_char(std::string_view text, char c) {
  return !text.empty() && std::memchr(text.data(), c, text.size()) != nullptr;
}

void put_number(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

// A URI ends at a blank and at '>' whatever its scheme: nothing that reads as either may get into one.
bool breaks_uri(char c) {
  return static_cast<unsigned char>(c) <= ' ' || c == '<' || c == '>' || c == '"' || c == 0x7F;
}
void put_uri(std::string& out, std::string_view uri) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  bool sanitised = false;
  for (const char c : uri) {
    if (!breaks_uri(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
    sanitised = true;
  }
  if (sanitised) count_sanitised();
}

}  // namespace

bool fit_name(std::string_view name) { return is_token(name); }
bool fit_value(std::string_view value) {
  return !has_char(value, '\r') && !has_char(value, '\n') && !has_char(value, '\0');
}

void MessageWriter::put_value(std::string_view value) {
  const auto start = text_.size();
  text_ += value;
  if (fit_value(value)) return;
  for (auto i = start; i < text_.size(); ++i) {
    if (text_[i] == '\r' || text_[i] == '\n' || text_[i] == '\0') text_[i] = ' ';
  }
  count_sanitised();
}

MessageWriter MessageWriter::request(std::string_view method, std::string_view uri) {
  MessageWriter out;
  out.text_.reserve(kUsualBytes);
  if (is_token(method)) {
    out.text_ += method;
  } else {
    for (const char c : method) out.text_ += is_class(c, kToken) ? c : '-';
    count_sanitised();
  }
  out.text_ += ' ';
  put_uri(out.text_, uri);
  out.text_ += " SIP/2.0\r\n";
  return out;
}

MessageWriter MessageWriter::response(int status, std::string_view reason) {
  MessageWriter out;
  out.text_.reserve(kUsualBytes);
  out.text_ += "SIP/2.0 ";
  put_number(out.text_, static_cast<std::uint64_t>(status < 100 || status > 699 ? 500 : status));
  out.text_ += ' ';
  out.put_value(reason.empty() ? reason_phrase(status) : reason);
  out.text_ += "\r\n";
  return out;
}

MessageWriter& MessageWriter::add(Header id, std::initializer_list<std::string_view> parts) {
  // finish() says how long the body is; Header::other has no name to write.
  if (id == Header::content_length || id == Header::other) return *this;
  text_ += header_name(id);
  text_ += ": ";
  for (const auto part : parts) put_value(part);
  text_ += "\r\n";
  return *this;
}

MessageWriter& MessageWriter::add(std::string_view name, std::string_view value) {
  if (find_header(name) == Header::content_length) return *this;
  if (!fit_name(name)) {
    count_sanitised();
    return *this;
  }
  text_ += name;
  text_ += ": ";
  put_value(value);
  text_ += "\r\n";
  return *this;
}

MessageWriter& MessageWriter::add_number(Header id, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  return add(id, std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

MessageWriter& MessageWriter::add_cseq(std::uint32_t number, std::string_view method) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  return add(Header::cseq, {std::string_view(digits, static_cast<std::size_t>(end - digits)), " ", method});
}

MessageWriter& MessageWriter::add_via(std::string_view transport, std::string_view sent_by,
                                      std::string_view branch, bool rport) {
  return add(Header::via, {"SIP/2.0/", transport, " ", sent_by, ";branch=", branch, rport ? ";rport" : ""});
}

MessageWriter& MessageWriter::add_address(Header id, std::string_view display, std::string_view uri,
                                          std::string_view tag) {
  return add(id, {name_addr(display, uri), tag.empty() ? "" : ";tag=", tag});
}

MessageWriter& MessageWriter::copy(const Message& from, Header id) {
  for (std::size_t i = 0; i < from.field_count(); ++i) {
    const auto field = from.field(i);
    if (field.id == id) add(id, field.value);
  }
  return *this;
}

std::string MessageWriter::finish(std::string_view content_type, std::string_view body) {
  // A type of no bytes would be a description of zero length (RFC 3261 section 20.15).
  if (!body.empty() && !content_type.empty()) add(Header::content_type, content_type);
  text_ += "Content-Length: ";
  put_number(text_, body.size());
  text_ += "\r\n\r\n";
  text_ += body;
  return std::exchange(text_, {});
}

std::string name_addr(std::string_view display, std::string_view uri, std::string_view params) {
  std::string out;
  out.reserve(display.size() + uri.size() + params.size() + 8);
  if (!display.empty()) out.append(quote(display)).append(" ");
  out += '<';
  put_uri(out, uri);
  out += '>';
  if (!params.empty()) out.append(";").append(params);
  return out;
}

}  // namespace portico::sip
