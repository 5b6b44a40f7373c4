#include "speech/espeak_ssml.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace portico::speech {
namespace {

constexpr double kPauseMsMax = 10'000;  // the contract's
constexpr double kVolumeMax = 400;      // per cent: 12 dB, beyond which espeak clips

// Without a sign, digits and perhaps a point. strtod() would follow the locale.
std::optional<double> number(std::string_view text) {
  double value = 0;
  double unit = 1;
  bool digits = false;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      digits = true;
      if (point) unit /= 10;
      value = point ? value + unit * (c - '0') : value * 10 + (c - '0');
    } else {
      return std::nullopt;
    }
  }
  return digits ? std::optional(value) : std::nullopt;
}

std::string whole(double value) { return std::to_string(std::llround(value)); }

std::string pause_of(std::string_view time) {
  const bool in_ms = time.ends_with("ms");
  if (!in_ms && !time.ends_with("s")) return std::string(time);
  const auto value = number(time.substr(0, time.size() - (in_ms ? 2 : 1)));
  return value ? whole(std::min(in_ms ? *value : *value * 1000, kPauseMsMax)) + "ms" : std::string(time);
}

std::string volume_of(std::string_view volume) {
  if (!volume.ends_with("dB")) return std::string(volume);
  auto digits = volume.substr(0, volume.size() - 2);
  const bool down = digits.starts_with('-');
  if (down || digits.starts_with('+')) digits.remove_prefix(1);
  const auto db = number(digits);
  if (!db) return std::string(volume);
  return whole(std::min(100 * std::pow(10, (down ? -*db : *db) / 20), kVolumeMax)) + "%";
}

// As espeak knows it; Modern Standard Arabic is its plain Arabic.
std::string language_of(std::string_view language) {
  return language == "arb" ? "ar-SA" : std::string(language);
}

using Convert = std::string (*)(std::string_view);
Convert converter(std::string_view tag, std::string_view attribute) {
  if (tag == "break" && attribute == "time") return pause_of;
  if (tag == "prosody" && attribute == "volume") return volume_of;
  if (tag == "lang" && attribute == "xml:lang") return language_of;
  return nullptr;
}

std::string_view ordinal_ending(std::string_view digits) {
  const auto tens = digits.size() > 1 ? digits[digits.size() - 2] : '0';
  switch (tens == '1' ? '0' : digits.back()) {
    case '1':
      return "st";
    case '2':
      return "nd";
    case '3':
      return "rd";
    default:
      return "th";
  }
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

class Translator {
 public:
  explicit Translator(bool english) : english_{english} {}

  void text(std::string_view written) {
    out_ += written;
    if (ordinal_ && is_number(written)) out_ += ordinal_ending(written);
    ordinal_ = false;
  }

  // `tag` with its < and >.
  void tag(std::string_view tag) {
    const bool closing = tag.starts_with("</");
    auto rest = tag.substr(closing ? 2 : 1);
    const auto name = rest.substr(0, rest.find_first_of(" />"));
    rest.remove_prefix(name.size());
    const bool language = name == "lang";
    out_.append(closing ? "</" : "<").append(language ? "voice" : name);
    if (language && !closing) english_.push_back(english_.back());
    ordinal_ = false;
    while (const auto found = next_attribute(rest)) {
      attribute(name, *found);
      rest.remove_prefix(found->end);
    }
    out_ += rest;
    const bool ends = closing || tag.ends_with("/>");
    if (language && ends && english_.size() > 1) english_.pop_back();
  }

  std::string take() { return std::move(out_); }

 private:
  struct Attribute {
    std::string_view name;
    std::string_view value;
    char quote;
    std::size_t end;  // behind it
  };
  static std::optional<Attribute> next_attribute(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals + 1 == text.size()) return std::nullopt;
    const char quote = text[equals + 1];
    const auto end = text.find(quote, equals + 2);
    if (end == std::string_view::npos) return std::nullopt;
    const auto name = text.substr(0, equals);
    return Attribute{.name = name.substr(std::min(name.find_first_not_of(" \t\n"), name.size())),
                     .value = text.substr(equals + 2, end - equals - 2),
                     .quote = quote,
                     .end = end + 1};
  }

  void attribute(std::string_view tag, const Attribute& found) {
    const auto convert = converter(tag, found.name);
    if (tag == "lang" && convert == nullptr)
      return;  // <voice> has others, which are not the document's to choose
    out_.append(" ").append(found.name).append("=").append(1, found.quote);
    out_.append(convert != nullptr ? convert(found.value) : std::string(found.value)).append(1, found.quote);
    if (tag == "lang") english_.back() = found.value.starts_with("en");
    if (tag == "say-as" && found.name == "interpret-as")
      ordinal_ = english_.back() && found.value == "ordinal";
  }

  std::vector<bool> english_;  // the voice, and each open <lang>
  bool ordinal_ = false;       // the text that follows is one
  std::string out_;
};

}  // namespace

std::string espeak_ssml(std::string_view ssml, std::string_view voice) {
  Translator translator(voice.starts_with("en"));
  while (!ssml.empty()) {
    const auto tag_end = ssml.front() == '<' ? ssml.find('>') : std::string_view::npos;
    const bool tag = tag_end != std::string_view::npos;
    const auto piece = ssml.substr(0, tag ? tag_end + 1 : ssml.find('<', 1));
    tag ? translator.tag(piece) : translator.text(piece);
    ssml.remove_prefix(piece.size());
  }
  return translator.take();
}

}  // namespace portico::speech
