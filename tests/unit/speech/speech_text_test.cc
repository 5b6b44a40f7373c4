#include <gtest/gtest.h>

#include "speech/espeak_ssml.h"
#include "speech/espeak_voice.h"
#include "speech/ssml_text.h"

namespace portico::speech {
namespace {

TEST(EspeakVoice, FollowsTheContractsChoice) {
  EXPECT_EQ(*espeak_voice("", "en_US", "female"), *espeak_voice("susan", "", ""));
  EXPECT_EQ(*espeak_voice("", "en_US", "male"), *espeak_voice("paul", "", ""));
  EXPECT_EQ(*espeak_voice("", "en_AU", "male"), *espeak_voice("russell", "", ""));
  EXPECT_EQ(*espeak_voice("bridget", "de", "male"), *espeak_voice("bridget", "", ""))
      << "a name decides alone";
  EXPECT_EQ(*espeak_voice("", "es_MX", "male"), *espeak_voice("rosa", "", ""))
      << "the other gender where one is missing";
  EXPECT_TRUE(espeak_voice("", "cmn-CN", "female"));
  EXPECT_EQ(espeak_voice("", "tlh", "female").error().code, Code::unsupported);
  EXPECT_EQ(espeak_voice("nobody", "en_US", "female").error().code, Code::unsupported);
}

struct Row {
  const char* in;
  const char* out;
};

TEST(SsmlText, KeepsKnownTagsAndNothingElse) {
  const Row rows[] = {
      {"plain &amp; simple", "plain &amp; simple"},
      {R"(a <break time="1s"/> b)", R"(a <break time="1s"/> b)"},
      {R"(<prosody rate='slow' pitch="+10%">x</prosody>)",
       R"(<prosody rate='slow' pitch="+10%">x</prosody>)"},
      {R"(<say-as interpret-as="characters">A7</say-as>)",
       R"(<say-as interpret-as="characters">A7</say-as>)"},
      {R"(<lang xml:lang="fr-FR">oui</lang>)", R"(<lang xml:lang="fr-FR">oui</lang>)"},
      {R"(<audio src="/etc/passwd"/>x)", "x"},
      {R"(<voice name="x">y</voice>)", "y"},
      {"</speak><speak>z", "z"},
      {"<!--c-->d<?pi?>e", "de"},
      {R"(<break time="1s" onload=x/>f)", "f"},
      {R"(<sub alias="a > b">g</sub>)", R"(<sub alias="a &gt; b">g</sub>)"},
      {"h<break", "h"},
      {"i\x01j\nk", "i j k"},
      {"<>l", "l"},
      {R"(<p/evil>m)", "m"},
      {R"(<sub alias='> <audio src="/etc/passwd"/>'>n</sub>)",
       R"(<sub alias='&gt; &lt;audio src="/etc/passwd"/&gt;'>n</sub>)"},
      {"<sub alias='a\x01\nb'>o</sub>", "<sub alias='a  b'>o</sub>"},
      {"&lt;audio src='x'/&gt;", "&lt;audio src='x'/&gt;"},
  };
  for (const auto& row : rows) EXPECT_EQ(sanitise_ssml(row.in), row.out);
}

TEST(EspeakSsml, SaysInItsWordsWhatTheContractSays) {
  const Row rows[] = {
      {R"(a <break time="1.5s"/> b)", R"(a <break time="1500ms"/> b)"},
      {R"(<break time=".5s"/><break time="250.5ms"/><break time='2s'/>)",
       R"(<break time="500ms"/><break time="251ms"/><break time='2000ms'/>)"},
      {R"(<break strength="weak"/>)", R"(<break strength="weak"/>)"},
      {R"(<prosody volume="+6dB" rate="slow">x</prosody>)",
       R"(<prosody volume="200%" rate="slow">x</prosody>)"},
      {R"(<prosody volume="-6dB">x</prosody>)", R"(<prosody volume="50%">x</prosody>)"},
      {R"(<prosody volume="0dB">x</prosody>)", R"(<prosody volume="100%">x</prosody>)"},
      {R"(<prosody volume="+90dB">x</prosody>)", R"(<prosody volume="400%">x</prosody>)"},
      {R"(<prosody volume="loud">x</prosody>)", R"(<prosody volume="loud">x</prosody>)"},
      {R"(<lang xml:lang="fr-FR">oui</lang>)", R"(<voice xml:lang="fr-FR">oui</voice>)"},
      {R"(<lang xml:lang="arb">x</lang>)", R"(<voice xml:lang="ar-SA">x</voice>)"},
      {R"(<say-as interpret-as="ordinal">3</say-as> 3)", R"(<say-as interpret-as="ordinal">3rd</say-as> 3)"},
      {R"(<say-as interpret-as="ordinal">112</say-as>)", R"(<say-as interpret-as="ordinal">112th</say-as>)"},
      {R"(<say-as interpret-as="ordinal">21</say-as>)", R"(<say-as interpret-as="ordinal">21st</say-as>)"},
      {R"(<lang name="x" xml:lang="fr-FR" gender='male'><say-as interpret-as="ordinal">3</say-as></lang>)",
       R"(<voice xml:lang="fr-FR"><say-as interpret-as="ordinal">3</say-as></voice>)"},
      {R"(</lang><lang xml:lang="fr-FR"/><lang xml:lang="en-GB"><say-as interpret-as="ordinal">3</say-as></lang>)",
       R"(</voice><voice xml:lang="fr-FR"/><voice xml:lang="en-GB"><say-as interpret-as="ordinal">3rd</say-as></voice>)"},
      {R"(<say-as interpret-as="cardinal">2</say-as>)", R"(<say-as interpret-as="cardinal">2</say-as>)"},
      {"5 &lt; 6", "5 &lt; 6"},
      {"", ""},
  };
  for (const auto& [in, out] : rows) EXPECT_EQ(espeak_ssml(in, "en-us+f2"), out) << in;
  EXPECT_EQ(espeak_ssml(R"(<say-as interpret-as="ordinal">3</say-as>)", "de+f2"),
            R"(<say-as interpret-as="ordinal">3</say-as>)");
}

TEST(EspeakSsml, LeavesWhatIsBroken) {
  for (const auto* text : {"<", "<break", "<break time=>", "<break time=\">", "a<b", "<=>", "<>", "</>"})
    EXPECT_EQ(espeak_ssml(text, "en"), text);
}

}  // namespace
}  // namespace portico::speech
