// room: base
// A value of a stranger's in the log: one line of UTF-8 without control characters, in both formats.

#include "base/log_line.h"

#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/utf8.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace portico;
  const std::string value(as_text({data, size}));
  for (const auto format : {log::Format::text, log::Format::json}) {
    const auto line =
        log::write_line(format, WallTime(Millis(0)), log::Level::info, "said", {{"a", value}, {"b", 1}});
    require(first_bad_utf8(line) == line.size());
    for (const char c : line) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    require(line.ends_with(format == log::Format::json ? R"(,"b":"1"})" : " b=1"));
  }
  const auto mended = mend_utf8(value);
  require(mend_utf8(mended) == mended && mended.size() <= 3 * size);
  const auto cut = first_bytes(mended, size / 2);
  require(cut.size() <= size / 2 && first_bad_utf8(cut) == cut.size());
  return 0;
}
