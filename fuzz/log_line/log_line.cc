// room: base
// A value of a stranger's in the log: one line of UTF-8 without control characters, in both formats, and no
// other field than its own.

#include "base/log_line.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/utf8.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool ends_a_line(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (static_cast<unsigned char>(line[i]) < 0x20 || line[i] == 0x7F) return true;
    if (line[i] == '\xC2' && static_cast<unsigned char>(line[i + 1]) < 0xA0) return true;
  }
  return line.find("\xE2\x80\xA8") != line.npos || line.find("\xE2\x80\xA9") != line.npos;
}

// The character that stands behind a backslash, taken off `text` with what it is written as.
std::string take_escaped(std::string_view& text) {
  constexpr std::string_view kLetters = "\"\\nrt";
  const char c = text.at(0);
  text.remove_prefix(1);
  if (const auto known = kLetters.find(c); known != std::string_view::npos)
    return std::string(1, "\"\\\n\r\t"[known]);
  require(c == 'u' && text.size() >= 4);
  const auto code = std::stoul(std::string(text.substr(0, 4)), nullptr, 16);
  text.remove_prefix(4);
  if (code < 0x80) return std::string(1, static_cast<char>(code));
  if (code < 0xA0) return {'\xC2', static_cast<char>(code)};
  require(code == 0x2028 || code == 0x2029);
  return {'\xE2', '\x80', static_cast<char>(0x80 + (code & 0x3F))};
}

// The value that was written so, with quotes or without.
std::string read_back(std::string_view text) {
  if (!text.starts_with('"')) {
    require(text.find_first_of(" \"\\") == std::string_view::npos);
    return std::string(text);
  }
  text.remove_prefix(1);
  std::string value;
  while (!text.starts_with('"')) {
    const char c = text.at(0);
    text.remove_prefix(1);
    value += c == '\\' ? take_escaped(text) : std::string(1, c);
  }
  require(text.size() == 1);
  return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portico;
  const std::string value(as_text({data, size}));
  const auto mended = mend_utf8(value);
  for (const auto format : {log::Format::text, log::Format::json}) {
    const bool json = format == log::Format::json;
    const auto line =
        log::write_line(format, WallTime(Millis(0)), log::Level::info, "said", {{"a", value}, {"b", 1}});
    require(first_bad_utf8(line) == line.size() && !ends_a_line(line));
    const std::string head = json ? R"("message":"said","a":)" : " said a=";
    const std::string tail = json ? R"(,"b":"1"})" : " b=1";
    const auto begin = line.find(head) + head.size();
    require(line.ends_with(tail) && begin + tail.size() <= line.size());
    require(read_back(std::string_view(line).substr(begin, line.size() - begin - tail.size())) == mended);
  }
  require(mend_utf8(mended) == mended && mended.size() <= 3 * size);
  const auto cut = first_bytes(mended, size / 2);
  require(cut.size() <= size / 2 && first_bad_utf8(cut) == cut.size());
  return 0;
}
