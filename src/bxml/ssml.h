#pragma once
// The content of <SpeakSentence>: text and the SSML tags of the contract (bxml.md, SpeakSentence). Tags we do
// not know are gone, their text is kept.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace portico::bxml {

enum class SsmlTag : unsigned char {
  text,
  break_,
  emphasis,
  lang,
  paragraph,
  sentence,
  phoneme,
  prosody,
  say_as,
  sub
};
std::string_view ssml_tag_name(SsmlTag tag);  // "say-as"; empty for text

struct SsmlNode {
  SsmlTag tag = SsmlTag::text;
  std::string text;                                             // of a text node, entities resolved
  std::vector<std::pair<std::string, std::string>> attributes;  // known ones, as written, checked
  std::vector<SsmlNode> children;                               // nested no deeper than limits::kBxmlDepthMax
};

struct Speech {
  std::vector<SsmlNode> nodes;
  std::string
      ssml;  // normalised: known tags and attributes only, white space collapsed, escaped; no root element
  std::string
      plain;  // the same without tags, for engines that know no SSML: aliases in place, pauses as commas
  bool marked_up = false;  // false: `ssml` holds no tag
};

}  // namespace portico::bxml
