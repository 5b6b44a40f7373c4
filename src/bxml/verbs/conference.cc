#include "bxml/verbs/conference.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
namespace {

constexpr std::size_t kNameCharactersMax = 100;

bool is_conference_name(std::string_view text) {
  return text.size() <= kNameCharactersMax &&
         text.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-") ==
             std::string_view::npos;
}

// Comma-separated; blanks around the commas and empty places do not count.
void call_ids(Conference& verb, const Value& value) {
  std::string_view rest = value.text();
  for (;;) {
    const auto comma = rest.find(',');
    const std::string_view call_id = trim(rest.substr(0, comma));
    if (!call_id.empty()) verb.call_ids_to_coach.emplace_back(call_id);
    if (comma == std::string_view::npos) return;
    rest.remove_prefix(comma + 1);
  }
}

void callback_timeout(Conference& verb, const Value& value) {
  Millis timeout{0};
  value.seconds(1s, 25s, timeout);
  if (timeout != 0ms) verb.callback_timeout = timeout;
}

constexpr AttributeRow<Conference> kAttributes[] = {
    {"mute", boolean<&Conference::mute>},
    {"hold", boolean<&Conference::hold>},
    {"callIdsToCoach", call_ids},
    {"conferenceEventUrl", url<&Conference::events>},
    {"conferenceEventMethod", method<&Conference::events>},
    {"conferenceEventFallbackUrl", fallback_url<&Conference::events>},
    {"conferenceEventFallbackMethod", fallback_method<&Conference::events>},
    {"username", username<&Conference::events>},
    {"password", password<&Conference::events>},
    {"fallbackUsername", fallback_username<&Conference::events>},
    {"fallbackPassword", fallback_password<&Conference::events>},
    {"tag", tag<&Conference::tag>},
    {"callbackTimeout", callback_timeout},
};

}  // namespace

void read(const Element& element, Reading& reading, Conference& out) {
  read_attributes(element, reading, kAttributes, out);
  const auto text = required_text(element, reading);
  if (!text) return;
  if (!is_conference_name(text->text())) return text->refuse("must be 1..100 of letters, digits, -, _ and .");
  out.conference = text->text();
}

}  // namespace portico::bxml
