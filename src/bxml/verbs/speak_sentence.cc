#include "bxml/verbs/speak_sentence.h"

#include "bxml/read/attributes.h"
#include "bxml/read/ssml.h"

namespace portico::bxml {
namespace {

constexpr std::array<std::pair<std::string_view, Gender>, 2> kGenders{
    {{"male", Gender::male}, {"female", Gender::female}}};

struct VoiceWish {
  Position at;
  const Voice* voice = nullptr;
  std::string locale = "en_US";
  Gender gender = Gender::female;
};

void voice(VoiceWish& wish, const Value& value) {
  wish.voice = find_voice(value.text());
  if (wish.voice == nullptr) value.refuse("must be the name of a known voice");
}

void locale(VoiceWish& wish, const Value& value) {
  if (choose_voice(value.text(), Gender::female) == nullptr) return value.refuse("must be a known locale");
  wish.locale = value.text();
}

constexpr AttributeRow<VoiceWish> kAttributes[] = {
    {"voice", voice},
    {"gender", [](VoiceWish& wish, const Value& value) { value.one_of(kGenders, wish.gender); }},
    {"locale", locale},
};

}  // namespace

void read(const Element& element, Reading& reading, SpeakSentence& out) {
  VoiceWish wish;
  read_attributes(element, reading, kAttributes, wish);
  out.at = wish.at;
  out.voice = wish.voice != nullptr ? *wish.voice : *choose_voice(wish.locale, wish.gender);
  auto nodes = read_ssml(element, reading);
  if (is_silent(nodes)) reading.refuse({element.at, element.name, "needs a text"});
  out.speech = write_speech(std::move(nodes));
}

}  // namespace portico::bxml
