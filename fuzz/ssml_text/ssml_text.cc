// room: speech
// What a customer wants spoken, on its way to the engine: known tags and text, nothing else, and the first
// '>' ends a tag whoever reads it.

#include "speech/ssml_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/bytes.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool begins_known_tag(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kTags{"break",   "emphasis", "lang",   "p",  "phoneme",
                                                         "prosody", "s",        "say-as", "sub"};
  text.remove_prefix(text.starts_with("</") ? 2 : 1);
  return std::any_of(kTags.begin(), kTags.end(), [&](std::string_view tag) {
    if (!text.starts_with(tag) || text.size() == tag.size()) return false;
    const char next = text[tag.size()];
    return next == '>' || next == '/' || next == ' ';
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto clean = portico::speech::sanitise_ssml(portico::as_text({data, size}));
  require(clean.size() <= 4 * size);
  require(portico::speech::sanitise_ssml(clean) == clean);
  bool inside = false;
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const char c = clean[i];
    require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
    if (!inside) {
      inside = c == '<';
      if (inside) require(begins_known_tag(std::string_view(clean).substr(i)));
    } else if (c == '>') {
      inside = false;
    } else {
      require(c != '<');
    }
  }
  require(!inside);
  return 0;
}
