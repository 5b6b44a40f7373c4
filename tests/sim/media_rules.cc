#include "sim/media_rules.h"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "sim/documents.h"

namespace portico::sim {
namespace {

// From a press until it must have been heard: its way, and two packets before the source of a call's first is
// believed.
constexpr auto kKeyTravels = 300ms;
// Calls as long as this are looked at for sound. The server sends a packet each frame from the ACK on,
// silence where nothing plays; half as many are asked for.
constexpr auto kLongEnough = 1s;
constexpr auto kTwoFrames = 40ms;

bool is_part_in_order(std::string_view part, std::string_view whole) {
  for (const char one : part) {
    const auto at = whole.find(one);
    if (at == std::string_view::npos) return false;
    whole.remove_prefix(at + 1);
  }
  return true;
}

}  // namespace

// Null: none, or several, since a phone that outlives a server may be let in by the next one too.
const MediaRules::Entry* MediaRules::only_call_of(const Caller& caller) const {
  const Entry* only = nullptr;
  for (const auto& entry : ledger_.calls) {
    if (entry.second.sip_call_id != caller.call_id()) continue;
    if (only != nullptr) return nullptr;
    only = &entry;
  }
  return only;
}

// A call of which all is known that was to be heard: answered and acknowledged over a network that loses
// nothing, never put on hold, no key of it said by INFO too, and ended by BYE while its server lived.
const MediaRules::Entry* MediaRules::undisturbed_call_of(const Caller& caller) const {
  if (!calm_ || caller.habit() != Habit::talks || !caller.steady() || !caller.media().talks_to())
    return nullptr;
  const auto* entry = only_call_of(caller);
  if (entry == nullptr) return nullptr;
  const auto& call = entry->second;
  const bool whole = call.ends == 1 && call.ended_in == call.life && call.cause == "hangup";
  return whole ? entry : nullptr;
}

// Keys may be lost with their packets; none is heard twice, nor one that another phone pressed.
std::vector<std::string> MediaRules::wrong_keys(const Lives& lives, const Callers& callers) const {
  std::vector<std::string> out;
  for (const auto& life : lives) {
    const auto* media = life->engine_media();
    if (media == nullptr) continue;
    out.insert(out.end(), media->faults().begin(), media->faults().end());
    for (const auto& caller : callers) {
      const auto heard = media->digits().find(caller->media().address());
      if (heard == media->digits().end()) continue;
      const auto& pressed = caller->media().pressed();
      if (is_part_in_order(heard->second, pressed)) continue;
      out.push_back(caller->call_id() + " pressed " + pressed + ", heard was " + heard->second);
    }
  }
  return out;
}

// What the backend is told of keys: each `dtmf`, and the digits of each `gather`, which may be asked again.
std::vector<std::string> MediaRules::wrong_digits(const Callers& callers) const {
  std::vector<std::string> out;
  for (const auto& caller : callers) {
    const auto* entry = only_call_of(*caller);
    const bool by_info_too = caller->habit() == Habit::changes_media;
    if (!settings_.engine_media || entry == nullptr || by_info_too) continue;
    const auto& pressed = caller->media().pressed();
    const auto look = [&](const std::string& digits, const std::string& event) {
      if (is_part_in_order(digits, pressed)) return;
      out.push_back(caller->call_id() + " pressed " + pressed + ", " + event + " told " + digits);
    };
    std::string keys;
    for (const auto& told : ledger_.told) {
      if (told.call != entry->first || told.event != "dtmf") continue;
      keys += boost::json::parse(told.body).at("digit").as_string();
    }
    look(keys, "dtmf");
    for (const auto& attempt : ledger_.attempts) {
      const auto event = boost::json::parse(attempt.body).as_object();
      if (event.at("callId").as_string() != std::string_view(entry->first) ||
          event.at("eventType").as_string() != "gather")
        continue;
      look(std::string(event.at("digits").as_string()), "gather");
    }
  }
  return out;
}

// Those of the last moment are under way when the call ends.
std::vector<std::string> MediaRules::missed_keys(const Lives& lives, const Callers& callers) const {
  std::vector<std::string> out;
  for (const auto& caller : callers) {
    const auto* entry = undisturbed_call_of(*caller);
    if (entry == nullptr) continue;
    const auto& call = entry->second;
    const auto& digits = lives.at(static_cast<std::size_t>(call.life - 1))->engine_media()->digits();
    const auto found = digits.find(caller->media().address());
    const auto heard = found == digits.end() ? std::string() : found->second;
    const auto& pressed = caller->media().pressed();
    const auto least = caller->media().pressed_until(*call.ended - kKeyTravels);
    if (heard.size() >= least && pressed.starts_with(heard)) continue;
    out.push_back(caller->call_id() + " pressed " + pressed.substr(0, least) + " in time, heard was " +
                  heard);
  }
  return out;
}

// A phone hears its call, which has one port. No port is any other call's, dead ones' included.
std::vector<std::string> MediaRules::stray_sound(const Callers& callers) const {
  std::vector<std::string> out;
  for (const auto& caller : callers) {
    const auto& own = caller->media().talks_to();
    const bool knows_all = own && only_call_of(*caller) != nullptr;
    for (const auto& heard : caller->media().heard()) {
      const auto& from = heard.first;
      if (own == from) continue;
      const bool anothers =
          std::ranges::any_of(callers, [&](const auto& other) { return other->media().talks_to() == from; });
      if (knows_all || anothers) {
        out.push_back(caller->call_id() + " heard " + from.to_string() + ", which is not its port");
      }
    }
  }
  return out;
}

std::vector<std::string> MediaRules::missing_sound(const Callers& callers) const {
  std::vector<std::string> out;
  for (const auto& caller : callers) {
    const auto* entry = undisturbed_call_of(*caller);
    if (entry == nullptr) continue;
    const auto& media = caller->media();
    const auto talked = *entry->second.ended - media.talks_since();
    const auto found = media.heard().find(*media.talks_to());
    const auto sound = found == media.heard().end() ? PhoneMedia::Sound() : found->second;
    if (talked >= kLongEnough && sound.packets < talked / kTwoFrames) {
      out.push_back(caller->call_id() + " heard but " + std::to_string(sound.packets) + " packets");
    }
    if (sound.audible == 0 && must_have_sounded(*entry)) {
      out.push_back(caller->call_id() + " heard nothing of what its documents play");
    }
  }
  return out;
}

// By a document that came early enough. What the API does to a call may interrupt it at any moment.
bool MediaRules::must_have_sounded(const Entry& entry) const {
  const auto& id = entry.first;
  const auto& call = entry.second;
  if (settings_.troubles.failed_sounds > 0 || ledger_.touched.contains(id)) return false;
  return std::ranges::any_of(ledger_.attempts, [&](const Ledger::Attempt& attempt) {
    if (!attempt.document) return false;
    const auto* document = find_document(*attempt.document);
    if (document == nullptr || document->sounds == Duration{}) return false;
    if (*call.ended - attempt.ended < document->sounds) return false;
    const auto event = boost::json::parse(attempt.body).as_object();
    return is_question(event.at("eventType").as_string()) &&
           std::string(event.at("callId").as_string()) == id;
  });
}

}  // namespace portico::sim
