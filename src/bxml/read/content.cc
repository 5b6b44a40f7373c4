#include "bxml/read/content.h"

#include <algorithm>
#include <array>
#include <string>

namespace portico::bxml {
namespace {

constexpr std::array<std::string_view, 33> kNames{"Response",
                                                  "Bxml",
                                                  "Bridge",
                                                  "Conference",
                                                  "Connect",
                                                  "Forward",
                                                  "Gather",
                                                  "Hangup",
                                                  "Pause",
                                                  "PauseRecording",
                                                  "PlayAudio",
                                                  "Record",
                                                  "Redirect",
                                                  "Refer",
                                                  "ResumeRecording",
                                                  "Ring",
                                                  "SendDtmf",
                                                  "SpeakSentence",
                                                  "StartGather",
                                                  "StartRecording",
                                                  "StartStream",
                                                  "StartTranscription",
                                                  "StopGather",
                                                  "StopRecording",
                                                  "StopStream",
                                                  "StopTranscription",
                                                  "Tag",
                                                  "Transfer",
                                                  "PhoneNumber",
                                                  "SipUri",
                                                  "Endpoint",
                                                  "StreamParam",
                                                  "CustomParam"};

}  // namespace

bool is_bxml_name(std::string_view name) { return std::ranges::find(kNames, name) != kNames.end(); }

void refuse_child(const Element& child, const Element& parent, Reading& reading) {
  if (is_bxml_name(child.name)) {
    reading.refuse(
        {child.at, child.name, "is not allowed in <" + std::string(shown_name(parent.name)) + ">"});
  } else {
    reading.refuse({child.at, child.name, "is not a BXML element"});
  }
}

std::vector<const Element*> children_of(const Element& element, Reading& reading) {
  std::vector<const Element*> children;
  for (const Content& content : element.content) {
    if (content.element) {
      children.push_back(content.element.get());
    } else if (!content.blank) {
      reading.refuse({content.at, element.name, "takes no text"});
    }
  }
  return children;
}

void expect_empty(const Element& element, Reading& reading) {
  for (const Element* child : children_of(element, reading)) refuse_child(*child, element, reading);
}

std::optional<Value> text_of(const Element& element, Reading& reading) {
  std::string text;
  std::optional<Position> at;
  for (const Content& content : element.content) {
    if (content.element) refuse_child(*content.element, element, reading);
    if (!content.blank && !at) at = content.at;
    text += content.text;
  }
  if (!at) return std::nullopt;
  return std::optional<Value>(std::in_place, element, std::string(trim(text)), *at, reading);
}

std::optional<Value> required_text(const Element& element, Reading& reading) {
  auto text = text_of(element, reading);
  if (!text) reading.refuse({element.at, element.name, "needs a text"});
  return text;
}

}  // namespace portico::bxml
