#include "bxml/read/ssml.h"

#include <algorithm>
#include <array>

#include "bxml/read/attributes.h"
#include "bxml/read/content.h"
#include "bxml/read/decimal.h"

namespace portico::bxml {
namespace {

struct TagName {
  SsmlTag tag;
  std::string_view name;
};
constexpr std::array kTags{
    TagName{SsmlTag::break_, "break"},    TagName{SsmlTag::emphasis, "emphasis"},
    TagName{SsmlTag::lang, "lang"},       TagName{SsmlTag::paragraph, "p"},
    TagName{SsmlTag::sentence, "s"},      TagName{SsmlTag::phoneme, "phoneme"},
    TagName{SsmlTag::prosody, "prosody"}, TagName{SsmlTag::say_as, "say-as"},
    TagName{SsmlTag::sub, "sub"},
};

bool is_word_of(std::string_view words, std::string_view text) {
  while (!words.empty()) {
    const auto space = std::min(words.find(' '), words.size());
    if (words.substr(0, space) == text) return true;
    words.remove_prefix(std::min(space + 1, words.size()));
  }
  return false;
}

// A number and its unit; the sign is required, allowed or refused as `signs` says.
enum class Signs : unsigned char { none, optional };
std::optional<Decimal> measure(std::string_view text, std::string_view unit, Signs signs) {
  if (!text.ends_with(unit)) return std::nullopt;
  text.remove_suffix(unit.size());
  if (text.find_first_of(" \t\r\n") != std::string_view::npos) return std::nullopt;
  if (signs == Signs::none && text.find_first_of("+-") != std::string_view::npos) return std::nullopt;
  return parse_decimal(text);
}

bool is_any(std::string_view) { return true; }
bool is_strength(std::string_view text) {
  return is_word_of("none x-weak weak medium strong x-strong", text);
}
bool is_level(std::string_view text) { return is_word_of("strong moderate reduced", text); }
bool is_pause(std::string_view text) {
  const bool in_ms = text.ends_with("ms");
  const auto number = measure(text, in_ms ? "ms" : "s", Signs::none);
  return number && number->within(0, in_ms ? 10'000'000 : 10'000);
}
bool is_language(std::string_view text) {
  return is_word_of(
      "arb cmn-CN da-DK nl-NL en-AU en-GB en-IN en-US fr-FR fr-CA hi-IN de-DE is-IS it-IT ja-JP ko-KR nb-NO "
      "pl-PL "
      "pt-BR pt-PT ro-RO ru-RU es-ES es-MX es-US sv-SE tr-TR cy-GB",
      text);
}
bool is_pitch(std::string_view text) {
  return is_word_of("x-low low medium high x-high default", text) || measure(text, "%", Signs::optional);
}
bool is_rate(std::string_view text) {
  return is_word_of("x-slow slow medium fast x-fast", text) || measure(text, "%", Signs::none);
}
bool is_volume(std::string_view text) {
  return is_word_of("silent x-soft soft medium loud x-loud default", text) ||
         measure(text, "dB", Signs::optional);
}
bool is_interpretation(std::string_view text) {
  return is_word_of("date time telephone characters cardinal ordinal", text);
}
bool is_date_format(std::string_view text) { return is_word_of("mdy dmy ymd md dm ym my d m y", text); }

struct SsmlAttribute {
  SsmlTag tag;
  std::string_view name;
  bool (*valid)(std::string_view);
  std::string_view rule;
};
constexpr std::array kAttributes{
    SsmlAttribute{SsmlTag::break_, "strength", is_strength,
                  "must be none, x-weak, weak, medium, strong or x-strong"},
    SsmlAttribute{SsmlTag::break_, "time", is_pause, "must be a time such as 1s or 500ms, at most 10s"},
    SsmlAttribute{SsmlTag::emphasis, "level", is_level, "must be strong, moderate or reduced"},
    SsmlAttribute{SsmlTag::lang, "xml:lang", is_language,
                  "must be one of the contract's languages, such as en-GB"},
    SsmlAttribute{SsmlTag::phoneme, "ph", is_any, ""},
    SsmlAttribute{SsmlTag::prosody, "pitch", is_pitch, "must be x-low .. x-high, default or +-n%"},
    SsmlAttribute{SsmlTag::prosody, "rate", is_rate, "must be x-slow .. x-fast or n%"},
    SsmlAttribute{SsmlTag::prosody, "volume", is_volume,
                  "must be silent, x-soft .. x-loud, default or +-ndB"},
    SsmlAttribute{SsmlTag::say_as, "interpret-as", is_interpretation,
                  "must be date, time, telephone, characters, cardinal or ordinal"},
    SsmlAttribute{SsmlTag::say_as, "format", is_date_format,
                  "must be mdy, dmy, ymd, md, dm, ym, my, d, m or y"},
    SsmlAttribute{SsmlTag::sub, "alias", is_any, ""},
};

// `format` means something for dates only; elsewhere it is dropped.
bool is_idle_format(const Element& element, const SsmlAttribute& attribute) {
  const Attribute* interpretation = element.find("interpret-as");
  return attribute.tag == SsmlTag::say_as && attribute.name == "format" &&
         (interpretation == nullptr || interpretation->value != "date");
}

void read_attribute(const Element& element, const Attribute& attribute, Reading& reading, SsmlNode& node) {
  const auto* const known = std::ranges::find_if(kAttributes, [&](const SsmlAttribute& row) {
    return row.tag == node.tag && row.name == attribute.name;
  });
  if (known == kAttributes.end()) return warn_unknown(element, attribute, reading);
  if (is_idle_format(element, *known)) return;
  if (!known->valid(attribute.value)) return Value(element, attribute, reading).refuse(known->rule);
  node.attributes.emplace_back(attribute.name, attribute.value);
}

void append_text(const std::string& text, std::vector<SsmlNode>& out) {
  if (text.empty()) return;
  if (out.empty() || out.back().tag != SsmlTag::text) out.push_back({});
  out.back().text += text;
}

void read_nodes(const Element& element, Reading& reading, std::vector<SsmlNode>& out);

void read_tag(const Element& element, SsmlTag tag, Reading& reading, std::vector<SsmlNode>& out) {
  SsmlNode node{tag, {}, {}, {}};
  for (const Attribute& attribute : element.attributes) read_attribute(element, attribute, reading, node);
  std::vector<SsmlNode> children;
  read_nodes(element, reading, children);
  if (tag != SsmlTag::break_) node.children = std::exchange(children, {});
  out.push_back(std::move(node));
  std::ranges::move(children,
                    std::back_inserter(out));  // what somebody wrote into a <break> is said after it
}

void read_nodes(const Element& element, Reading& reading, std::vector<SsmlNode>& out) {
  for (const Content& content : element.content) {
    if (!content.element) {
      append_text(content.text, out);
      continue;
    }
    const Element& child = *content.element;
    const auto* const known = std::ranges::find(kTags, child.name, &TagName::name);
    if (known != kTags.end()) {
      read_tag(child, known->tag, reading, out);
    } else if (is_bxml_name(child.name)) {
      refuse_child(child, element, reading);
    } else {
      reading.warn({child.at, child.name, "is no SSML tag we know, its text is spoken"});
      read_nodes(child, reading, out);
    }
  }
}

}  // namespace

std::string_view ssml_tag_name(SsmlTag tag) {
  const auto* const found = std::ranges::find(kTags, tag, &TagName::tag);
  return found == kTags.end() ? std::string_view() : found->name;
}

std::vector<SsmlNode> read_ssml(const Element& element, Reading& reading) {
  std::vector<SsmlNode> nodes;
  read_nodes(element, reading, nodes);
  return nodes;
}

}  // namespace portico::bxml
