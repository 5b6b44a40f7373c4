#include "base/log_line.h"

#include <algorithm>
#include <cstdio>

#include "base/utf8.h"

namespace portico::log {
namespace {

constexpr std::string_view kNames[] = {"trace", "debug", "info", "warn", "error", "off"};

void append_escape(std::string& out, unsigned code) {
  char escaped[8];
  std::snprintf(escaped, sizeof escaped, "\\u%04x", code);
  out += escaped;
}

// Control characters of C0 and C1, DEL, and the line separators of Unicode: a terminal or a reader of lines
// may take them for more than text. `rest` begins with a character of well-formed UTF-8; gives how many bytes
// it took.
std::size_t escape_control(std::string& out, std::string_view rest) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(rest[at]); };
  if (byte(0) < 0x20 || byte(0) == 0x7F) {
    append_escape(out, byte(0));
    return 1;
  }
  if (byte(0) == 0xC2 && byte(1) < 0xA0) {
    append_escape(out, byte(1));
    return 2;
  }
  if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) {
    append_escape(out, 0x2000U + (byte(2) - 0x80U));
    return 3;
  }
  return 0;
}

void append_json_string(std::string& out, std::string_view text) {
  const auto mended = mend_utf8(text);
  out += '"';
  for (std::size_t i = 0; i < mended.size();) {
    const char c = mended[i];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
      ++i;
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
      ++i;
    } else if (const auto taken = escape_control(out, std::string_view(mended).substr(i)); taken > 0) {
      i += taken;
    } else {
      out += c;
      ++i;
    }
  }
  out += '"';
}

bool is_plain(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F && c != '"' && c != '\\'; });
}

std::string as_json(WallTime when, Level level, std::string_view message, Fields fields) {
  std::string line = R"({"time":")" + to_iso8601(when) + R"(","level":")";
  line += level_name(level);
  line += R"(","message":)";
  append_json_string(line, message);
  for (const auto& field : fields) {
    line += ',';
    append_json_string(line, field.key);
    line += ':';
    append_json_string(line, field.value);
  }
  return line + '}';
}

std::string as_text(WallTime when, Level level, std::string_view message, Fields fields) {
  std::string line = to_iso8601(when);
  line += ' ';
  line += level_name(level);
  line += ' ';
  line += message;
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    if (is_plain(field.value)) {
      line += field.value;
    } else {
      append_json_string(line, field.value);
    }
  }
  return line;
}

}  // namespace

std::string_view level_name(Level level) { return kNames[static_cast<int>(level)]; }

std::string write_line(Format format, WallTime when, Level level, std::string_view message, Fields fields) {
  return format == Format::json ? as_json(when, level, message, fields)
                                : as_text(when, level, message, fields);
}

}  // namespace portico::log
