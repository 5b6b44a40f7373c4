#include "speech/espeak_voice.h"

#include <algorithm>
#include <array>

namespace portico::speech {
namespace {

struct Voice {
  std::string_view name;
  std::string_view locale;
  bool female;
  std::string_view espeak;
};

// In the order of the contract's priority list: the first of a locale and gender is its default. Names that
// share both get different variants, so that a dialogue of two voices is heard as one.
constexpr auto kVoices = std::to_array<Voice>({
    {"susan", "en_US", true, "en-us+f2"},
    {"paul", "en_US", false, "en-us+m3"},
    {"julie", "en_US", true, "en-us+f3"},
    {"kate", "en_US", true, "en-us+f4"},
    {"ruth", "en_US", true, "en-us+f1"},
    {"bridget", "en_UK", true, "en-gb+f2"},
    {"katrin", "de", true, "de+f2"},
    {"esperanza", "es", true, "es+f2"},
    {"violeta", "es", true, "es+f3"},
    {"rosa", "es_MX", true, "es-419+f2"},
    {"lupe", "es_US", true, "es-419+f3"},
    {"jolie", "fr", true, "fr-fr+f2"},
    {"gabrielle", "fr_CA", true, "fr-fr+f3"},
    {"paola", "it", true, "it+f2"},
    {"nadiya", "ru", true, "ru+f2"},
    {"masako", "ja", true, "ja+f2"},
    {"zeina", "arb", true, "ar+f2"},
    {"zhiyu", "cmn-CN", true, "cmn+f2"},
    {"dave", "en_US", false, "en-us+m1"},
    {"stephen", "en_US", false, "en-us+m2"},
    {"simon", "en_UK", false, "en-gb+m3"},
    {"stefan", "de", false, "de+m3"},
    {"jorge", "es", false, "es+m3"},
    {"pedro", "es_US", false, "es-419+m3"},
    {"bernard", "fr", false, "fr-fr+m3"},
    {"liam", "fr_CA", false, "fr-fr+m2"},
    {"luca", "it", false, "it+m3"},
    {"anatoli", "ru", false, "ru+m3"},
    {"kenji", "ja", false, "ja+m3"},
    {"salli", "en_US", true, "en-us+f5"},
    {"salli_enh", "en_US", true, "en-us+f5"},
    {"chantal", "fr_CA", true, "fr-fr+f4"},
    {"miguel", "es_US", false, "es-419+m1"},
    {"joey", "en_US", false, "en-us+m4"},
    {"joey_enh", "en_US", false, "en-us+m4"},
    {"penelope", "es_US", true, "es-419+f4"},
    {"russell", "en_AU", false, "en-gb+m2"},
    {"emma", "en_GB", true, "en-gb+f3"},
    {"emma_enh", "en_GB", true, "en-gb+f3"},
    {"nicole", "en_AU", true, "en-gb+f4"},
    {"raveena", "en_IN", true, "en-gb+f5"},
    {"mads", "da_DK", false, "da+m3"},
    {"justin", "en_US", false, "en-us+m5"},
    {"ivy", "en_US", true, "en-us+f4"},
    {"ivy_enh", "en_US", true, "en-us+f4"},
    {"carmen", "ro_RO", true, "ro+f2"},
    {"naja", "da_DK", true, "da+f2"},
    {"ruben", "nl_NL", false, "nl+m3"},
    {"geraint", "en_GB_WLS", false, "en-gb-x-gbclan+m3"},
});

}  // namespace

Result<std::string> espeak_voice(std::string_view name, std::string_view locale, std::string_view gender) {
  const auto find = [](auto matches) { return std::find_if(kVoices.begin(), kVoices.end(), matches); };
  if (!name.empty()) {
    const auto named = find([&](const Voice& voice) { return voice.name == name; });
    if (named != kVoices.end()) return std::string(named->espeak);
    return fail(Code::unsupported, "there is no voice " + std::string(name));
  }
  const bool female = gender != "male";
  auto chosen = find([&](const Voice& voice) { return voice.locale == locale && voice.female == female; });
  if (chosen == kVoices.end()) chosen = find([&](const Voice& voice) { return voice.locale == locale; });
  if (chosen == kVoices.end())
    return fail(Code::unsupported, "there is no voice for the locale " + std::string(locale));
  return std::string(chosen->espeak);
}

}  // namespace portico::speech
