#include "bxml/voices.h"

#include <algorithm>
#include <array>

namespace portico::bxml {
namespace {

constexpr std::array kVoices{
    Voice{"susan", "en_US", Gender::female},     Voice{"paul", "en_US", Gender::male},
    Voice{"julie", "en_US", Gender::female},     Voice{"kate", "en_US", Gender::female},
    Voice{"ruth", "en_US", Gender::female},      Voice{"bridget", "en_UK", Gender::female},
    Voice{"katrin", "de", Gender::female},       Voice{"esperanza", "es", Gender::female},
    Voice{"violeta", "es", Gender::female},      Voice{"rosa", "es_MX", Gender::female},
    Voice{"lupe", "es_US", Gender::female},      Voice{"jolie", "fr", Gender::female},
    Voice{"gabrielle", "fr_CA", Gender::female}, Voice{"paola", "it", Gender::female},
    Voice{"nadiya", "ru", Gender::female},       Voice{"masako", "ja", Gender::female},
    Voice{"zeina", "arb", Gender::female},       Voice{"zhiyu", "cmn-CN", Gender::female},
    Voice{"dave", "en_US", Gender::male},        Voice{"stephen", "en_US", Gender::male},
    Voice{"simon", "en_UK", Gender::male},       Voice{"stefan", "de", Gender::male},
    Voice{"jorge", "es", Gender::male},          Voice{"pedro", "es_US", Gender::male},
    Voice{"bernard", "fr", Gender::male},        Voice{"liam", "fr_CA", Gender::male},
    Voice{"luca", "it", Gender::male},           Voice{"anatoli", "ru", Gender::male},
    Voice{"kenji", "ja", Gender::male},          Voice{"salli", "en_US", Gender::female},
    Voice{"salli_enh", "en_US", Gender::female}, Voice{"chantal", "fr_CA", Gender::female},
    Voice{"miguel", "es_US", Gender::male},      Voice{"joey", "en_US", Gender::male},
    Voice{"joey_enh", "en_US", Gender::male},    Voice{"penelope", "es_US", Gender::female},
    Voice{"russell", "en_AU", Gender::male},     Voice{"emma", "en_GB", Gender::female},
    Voice{"emma_enh", "en_GB", Gender::female},  Voice{"nicole", "en_AU", Gender::female},
    Voice{"raveena", "en_IN", Gender::female},   Voice{"mads", "da_DK", Gender::male},
    Voice{"justin", "en_US", Gender::male},      Voice{"ivy", "en_US", Gender::female},
    Voice{"ivy_enh", "en_US", Gender::female},   Voice{"carmen", "ro_RO", Gender::female},
    Voice{"naja", "da_DK", Gender::female},      Voice{"ruben", "nl_NL", Gender::male},
    Voice{"geraint", "en_GB_WLS", Gender::male},
};

}  // namespace

std::string_view gender_name(Gender gender) { return gender == Gender::female ? "female" : "male"; }

std::span<const Voice> all_voices() { return kVoices; }

const Voice* find_voice(std::string_view name) {
  const auto* const found = std::ranges::find(kVoices, name, &Voice::name);
  return found == kVoices.end() ? nullptr : found;
}

const Voice* choose_voice(std::string_view locale, Gender gender) {
  const Voice* of_locale = nullptr;
  for (const Voice& voice : kVoices) {
    if (voice.locale != locale) continue;
    if (voice.gender == gender) return &voice;
    if (of_locale == nullptr) of_locale = &voice;
  }
  return of_locale;
}

}  // namespace portico::bxml
