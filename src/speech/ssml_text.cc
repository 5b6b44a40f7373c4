#include "speech/ssml_text.h"

#include <algorithm>
#include <array>

namespace portico::speech {
namespace {

constexpr std::array<std::string_view, 9> kTags{"break",   "emphasis", "lang",   "p",  "phoneme",
                                                "prosody", "s",        "say-as", "sub"};

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == ':';
}

std::string_view take_name(std::string_view& text) {
  const auto end =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_name_character) - text.begin());
  const auto name = text.substr(0, end);
  text.remove_prefix(end);
  return name;
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n' || text.front() == '\t'))
    text.remove_prefix(1);
}

// name="value" repeated, then an optional slash.
bool are_attributes(std::string_view text) {
  for (;;) {
    skip_spaces(text);
    if (text.empty() || text == "/") return true;
    if (take_name(text).empty() || !text.starts_with('=')) return false;
    text.remove_prefix(1);
    if (text.empty() || (text.front() != '"' && text.front() != '\'')) return false;
    const auto end = text.find(text.front(), 1);
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
}

// `inside`: what stands between < and >.
bool is_allowed_tag(std::string_view inside) {
  const bool closing = inside.starts_with('/');
  if (closing) inside.remove_prefix(1);
  const auto name = take_name(inside);
  if (std::find(kTags.begin(), kTags.end(), name) == kTags.end()) return false;
  return closing ? inside.empty() : are_attributes(inside);
}

// The end of the tag that begins at `text`, past '>'; quoted values may hold one.
std::size_t tag_end(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return i + 1;
    }
  }
  return text.size();
}

char printable(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F ? ' ' : c;
}

// The engine takes the first '>' for the end of a tag, in quotes or not: what stands behind it in a value
// would be a tag of its own, and <audio> plays any file of this machine.
void append_tag(std::string& out, std::string_view inside) {
  out += '<';
  for (const char c : inside) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += printable(c);
    }
  }
  out += '>';
}

}  // namespace

std::string sanitise_ssml(std::string_view ssml) {
  std::string clean;
  clean.reserve(ssml.size());
  while (!ssml.empty()) {
    if (ssml.front() == '<') {
      const auto end = tag_end(ssml);
      const auto tag = ssml.substr(0, end);
      const auto inside = tag.substr(1, tag.size() - std::min<std::size_t>(tag.size(), 2));
      if (tag.ends_with('>') && is_allowed_tag(inside)) append_tag(clean, inside);
      ssml.remove_prefix(end);
      continue;
    }
    clean.push_back(printable(ssml.front()));
    ssml.remove_prefix(1);
  }
  return clean;
}

}  // namespace portico::speech
