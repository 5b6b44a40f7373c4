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
#include "speech/espeak_ssml.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

constexpr std::array<std::string_view, 9> kTags{"break",   "emphasis", "lang",   "p",  "phoneme",
                                                "prosody", "s",        "say-as", "sub"};
constexpr std::array<std::string_view, 9> kTagsOfEspeak{"break",   "emphasis", "voice",  "p",  "phoneme",
                                                        "prosody", "s",        "say-as", "sub"};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == ':';
}

// What stands between < and >: a known name, and behind it name="value" only.
template <typename Tags>
void check_tag(std::string_view inside, const Tags& tags) {
  const bool closing = inside.starts_with('/');
  if (closing) inside.remove_prefix(1);
  const auto take_name = [&] {
    const auto end = std::find_if_not(inside.begin(), inside.end(), is_name_character);
    const auto name = inside.substr(0, static_cast<std::size_t>(end - inside.begin()));
    inside.remove_prefix(name.size());
    return name;
  };
  require(std::find(tags.begin(), tags.end(), take_name()) != tags.end());
  while (true) {
    inside.remove_prefix(std::min(inside.find_first_not_of(' '), inside.size()));
    if (inside.empty() || inside == "/") return;
    require(!closing && !take_name().empty() && inside.starts_with('='));
    const char quote = inside.at(1);
    require(quote == '"' || quote == '\'');
    const auto end = inside.find(quote, 2);
    require(end != std::string_view::npos);
    inside.remove_prefix(end + 1);
  }
}

// The first '>' ends a tag, as the engine reads it.
template <typename Tags>
void check_text(std::string_view text, const Tags& tags) {
  for (const char c : text) require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  for (auto open = text.find('<'); open != std::string_view::npos; open = text.find('<')) {
    const auto close = text.find('>', open);
    require(close != std::string_view::npos);
    check_tag(text.substr(open + 1, close - open - 1), tags);
    text.remove_prefix(close + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto given = portico::as_text({data, size});
  const auto clean = portico::speech::sanitise_ssml(given);
  require(clean.size() <= 4 * size);
  require(portico::speech::sanitise_ssml(clean) == clean);
  check_text(clean, kTags);
  if (given.find('<') == std::string_view::npos) require(clean.size() == size);
  for (const auto* voice : {"en-us+f2", "de"}) {
    const auto told = portico::speech::espeak_ssml(clean, voice);
    check_text(told, kTagsOfEspeak);
    if (clean.find('<') == std::string::npos) require(told == clean);
  }
  return 0;
}
