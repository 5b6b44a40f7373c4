#include "sip/message/escape.h"

#include "sip/message/chars.h"

namespace portico::sip {
namespace {

std::string escape(std::string_view text, std::uint8_t kept) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_class(c, kept)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

bool escape_at(std::string_view text, std::size_t i) {
  return i + 2 < text.size() && is_class(text[i + 1], kHex) && is_class(text[i + 2], kHex);
}

}  // namespace

std::string unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && escape_at(text, i)) {
      out += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string escape_user(std::string_view text) { return escape(text, kUserChar); }
std::string escape_param(std::string_view text) { return escape(text, kParamChar); }
std::string escape_uri_header(std::string_view text) { return escape(text, kUriHeaderChar); }

bool well_formed_escapes(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && !escape_at(text, i)) return false;
  }
  return true;
}

std::string unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

std::string quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  }
  out += '"';
  return out;
}

}  // namespace portico::sip
