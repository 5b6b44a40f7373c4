#include "bxml/verbs/speak_sentence.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(SpeakSentence, SpeaksWithSusanByDefault) {
  const auto speak = only<SpeakSentence>("<SpeakSentence>\n  Hello &amp; welcome. \n</SpeakSentence>");
  EXPECT_EQ(speak.voice.name, "susan");
  EXPECT_EQ(speak.voice.locale, "en_US");
  EXPECT_EQ(speak.voice.gender, Gender::female);
  EXPECT_EQ(speak.speech.plain, "Hello & welcome.");
  EXPECT_EQ(speak.speech.ssml, "Hello &amp; welcome.");
  EXPECT_FALSE(speak.speech.marked_up);
}

std::string voice_of(const std::string& attributes) {
  return std::string(only<SpeakSentence>("<SpeakSentence " + attributes + ">a</SpeakSentence>").voice.name);
}

TEST(SpeakSentence, ChoosesTheVoiceByTheListsPriority) {
  EXPECT_EQ(voice_of("voice='bridget'"), "bridget");
  EXPECT_EQ(voice_of("voice='bridget' locale='de' gender='male'"), "bridget");
  EXPECT_EQ(voice_of("gender='male'"), "paul");
  EXPECT_EQ(voice_of("locale='de'"), "katrin");
  EXPECT_EQ(voice_of("locale='de' gender='male'"), "stefan");
  EXPECT_EQ(voice_of("locale='en_GB_WLS' gender='female'"), "geraint");
  EXPECT_EQ(voice_of("locale='ro_RO' gender='male'"), "carmen");
}

TEST(SpeakSentence, ChecksEveryAttribute) {
  const std::string_view pattern = "<SpeakSentence %>a</SpeakSentence>";
  expect_values(pattern, "voice", {"susan", "salli_enh", "geraint"}, {"", "Susan", "hal"});
  expect_values(pattern, "gender", {"male", "female"}, {"", "Male", "m"});
  expect_values(pattern, "locale", {"en_US", "cmn-CN", "en_GB_WLS"}, {"", "en-US", "xx_XX"});
  expect_unknown_ignored(pattern);
}

TEST(SpeakSentence, NeedsSomethingToSay) {
  EXPECT_EQ(reason_of("<SpeakSentence/>"), "<SpeakSentence> needs a text");
  EXPECT_EQ(reason_of("<SpeakSentence> \n\t </SpeakSentence>"), "<SpeakSentence> needs a text");
  EXPECT_EQ(reason_of("<SpeakSentence><p> </p><what/></SpeakSentence>"), "<SpeakSentence> needs a text");
  EXPECT_EQ(reason_of("<SpeakSentence><break time='1s'/></SpeakSentence>"), "valid");
}

TEST(SpeakSentence, HoldsNoVerbs) {
  EXPECT_EQ(reason_of("<SpeakSentence>a<p><Hangup/></p></SpeakSentence>"), "<Hangup> is not allowed in <p>");
  EXPECT_EQ(reason_of("<SpeakSentence>a<SpeakSentence>b</SpeakSentence></SpeakSentence>"),
            "<SpeakSentence> is not allowed in <SpeakSentence>");
}

}  // namespace
}  // namespace portico::bxml
