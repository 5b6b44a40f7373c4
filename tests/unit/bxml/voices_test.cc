#include "bxml/voices.h"

#include <gtest/gtest.h>

#include <set>

namespace portico::bxml {
namespace {

TEST(Voices, AreThoseOfTheContractInItsOrder) {
  EXPECT_EQ(all_voices().size(), 49U);
  EXPECT_EQ(all_voices().front().name, "susan");
  EXPECT_EQ(all_voices().back().name, "geraint");
  std::set<std::string_view> names;
  std::set<std::string_view> locales;
  for (const Voice& voice : all_voices()) {
    names.insert(voice.name);
    locales.insert(voice.locale);
    EXPECT_EQ(find_voice(voice.name), &voice);
  }
  EXPECT_EQ(names.size(), all_voices().size());
  EXPECT_EQ(locales,
            (std::set<std::string_view>{"en_US", "en_UK", "de",    "es",    "es_MX", "es_US",    "fr",
                                        "fr_CA", "it",    "ru",    "ja",    "arb",   "cmn-CN",   "en_AU",
                                        "en_IN", "da_DK", "ro_RO", "nl_NL", "en_GB", "en_GB_WLS"}));
}

TEST(Voices, AreChosenByLocaleAndGenderThenByLocaleAlone) {
  EXPECT_EQ(choose_voice("en_US", Gender::female)->name, "susan");
  EXPECT_EQ(choose_voice("en_US", Gender::male)->name, "paul");
  EXPECT_EQ(choose_voice("es_US", Gender::male)->name, "pedro");
  EXPECT_EQ(choose_voice("es_MX", Gender::male)->name, "rosa");
  EXPECT_EQ(choose_voice("nl_NL", Gender::female)->name, "ruben");
  EXPECT_EQ(choose_voice("xx", Gender::female), nullptr);
  EXPECT_EQ(find_voice("nobody"), nullptr);
}

TEST(Voices, NameTheirGender) {
  EXPECT_EQ(gender_name(find_voice("ruth")->gender), "female");
  EXPECT_EQ(gender_name(find_voice("stephen")->gender), "male");
}

}  // namespace
}  // namespace portico::bxml
