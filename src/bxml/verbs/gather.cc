#include "bxml/verbs/gather.h"

#include <limits>

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr std::size_t kPlaysMax = 20;  // repeatCount times prompts

template <typename PromptVerb>
Prompt read_prompt(const Element& element, Reading& reading) {
  PromptVerb prompt;
  read(element, reading, prompt);
  return prompt;
}

void read_prompts(const Element& element, Reading& reading, Gather& out) {
  for (const Element* child : children_of(element, reading)) {
    if (child->name == SpeakSentence::kName) {
      out.prompts.push_back(read_prompt<SpeakSentence>(*child, reading));
    } else if (child->name == PlayAudio::kName) {
      out.prompts.push_back(read_prompt<PlayAudio>(*child, reading));
    } else {
      refuse_child(*child, element, reading);
      continue;
    }
    if (out.prompts.size() == kPlaysMax + 1) {
      reading.refuse({child->at, child->name, "is one too many, <Gather> takes at most 20"});
    }
  }
}

void check_plays(const Element& element, Reading& reading, Gather& out) {
  const auto repeats = static_cast<std::size_t>(out.repeat_count);
  const Attribute* attribute = element.find("repeatCount");
  if (attribute == nullptr || out.prompts.size() > kPlaysMax) return;
  if (repeats * out.prompts.size() > kPlaysMax) {
    reading.refuse({attribute->at, element.name,
                    "repeatCount times the number of prompts must be at most 20, but is " +
                        std::to_string(repeats) + " x " + std::to_string(out.prompts.size())});
  } else if (repeats >
             kPlaysMax) {  // nothing is played: no rule forbids it, but nobody waits a million times
    reading.warn({attribute->at, element.name, "repeatCount is taken as 20, for there are no prompts"});
    out.repeat_count = static_cast<int>(kPlaysMax);
  }
}

constexpr AttributeRow<Gather> kAttributes[] = {
    {"gatherUrl", url<&Gather::complete>},
    {"gatherMethod", method<&Gather::complete>},
    {"gatherFallbackUrl", fallback_url<&Gather::complete>},
    {"gatherFallbackMethod", fallback_method<&Gather::complete>},
    {"username", username<&Gather::complete>},
    {"password", password<&Gather::complete>},
    {"fallbackUsername", fallback_username<&Gather::complete>},
    {"fallbackPassword", fallback_password<&Gather::complete>},
    {"tag", tag<&Gather::tag>},
    {"terminatingDigits", dtmf_set<&Gather::terminating_digits>},
    {"maxDigits", [](Gather& verb, const Value& value) { value.whole(1, 50, verb.max_digits); }},
    {"interDigitTimeout", seconds<&Gather::inter_digit_timeout, 1'000, 60'000>},
    {"firstDigitTimeout", seconds<&Gather::first_digit_timeout, 0, 60'000>},
    {"repeatCount",
     [](Gather& verb, const Value& value) {
       value.whole(1, std::numeric_limits<int>::max(), verb.repeat_count);
     }},
};

}  // namespace

void read(const Element& element, Reading& reading, Gather& out) {
  read_attributes(element, reading, kAttributes, out);
  read_prompts(element, reading, out);
  check_plays(element, reading, out);
}

}  // namespace portico::bxml
