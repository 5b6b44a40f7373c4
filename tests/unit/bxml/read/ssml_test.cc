#include "bxml/read/ssml.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

Speech speech_of(std::string_view content) {
  return only<SpeakSentence>("<SpeakSentence>" + std::string(content) + "</SpeakSentence>").speech;
}

std::string refusal_of(std::string_view content) {
  return reason_of("<SpeakSentence>a" + std::string(content) + "</SpeakSentence>");
}

TEST(Ssml, IsNormalisedAndHasAPlainTwin) {
  struct Row {
    std::string_view content;
    std::string_view ssml;
    std::string_view plain;
  };
  for (const auto& [content, ssml, plain] : std::initializer_list<Row>{
           {" a \n\t b ", "a b", "a b"},
           {"a &lt;b&gt; &amp; &quot;c&quot;", "a &lt;b&gt; &amp; &quot;c&quot;", "a <b> & \"c\""},
           {"Your code is <say-as interpret-as=\"characters\">A7</say-as>.",
            "Your code is <say-as interpret-as=\"characters\">A7</say-as>.", "Your code is A 7."},
           {"call <say-as interpret-as='telephone'>555-12</say-as>",
            "call <say-as interpret-as=\"telephone\">555-12</say-as>", "call 5 5 5-1 2"},
           {"a <break/> b", "a <break/> b", "a, b"},
           {"a.<break time='1s'/>b", "a.<break time=\"1s\"/>b", "a. b"},
           {"a<break strength='none'/>b", "a<break strength=\"none\"/>b", "ab"},
           {"<break/>b", "<break/>b", "b"},
           {"a<break>x</break>b", "a<break/>xb", "a, xb"},
           {"<p>one</p><s>two!</s>three", "<p>one</p><s>two!</s>three", "one. two! three"},
           {"the <sub alias='World Wide Web'>WWW</sub>", "the <sub alias=\"World Wide Web\">WWW</sub>",
            "the World Wide Web"},
           {"<sub>WWW</sub>", "<sub>WWW</sub>", "WWW"},
           {"a <sub alias='b'>B <s>C </s></sub>d", "a <sub alias=\"b\">B <s>C</s></sub> d", "a b d"},
           {"a<p> </p>b", "a<p/> b", "a. b"},
           {"<phoneme ph='p\xC9\xAA\"'>pecan</phoneme>", "<phoneme ph=\"p\xC9\xAA&quot;\">pecan</phoneme>",
            "pecan"},
           {"a <emphasis level='strong'> big </emphasis> b", "a <emphasis level=\"strong\"> big</emphasis> b",
            "a big b"},
           {"<lang xml:lang='fr-FR'>oui</lang>", "<lang xml:lang=\"fr-FR\">oui</lang>", "oui"},
           {"<prosody rate='80%' pitch='+10%' volume='-3dB'><s>x</s></prosody>",
            "<prosody rate=\"80%\" pitch=\"+10%\" volume=\"-3dB\"><s>x</s></prosody>", "x."},
       }) {
    const Speech speech = speech_of(content);
    EXPECT_EQ(speech.ssml, ssml) << content;
    EXPECT_EQ(speech.plain, plain) << content;
    EXPECT_EQ(speech.marked_up, ssml.find('<') != std::string_view::npos) << content;
    EXPECT_EQ(speech_of(speech.ssml).ssml, ssml) << content;
    EXPECT_EQ(speech_of(speech.ssml).plain, plain) << content;
  }
}

TEST(Ssml, KeepsATree) {
  const Speech speech = speech_of("a <emphasis level='reduced'>b<s>c</s></emphasis>");
  ASSERT_EQ(speech.nodes.size(), 2U);
  EXPECT_EQ(speech.nodes[0].text, "a ");
  const SsmlNode& emphasis = speech.nodes[1];
  EXPECT_EQ(emphasis.tag, SsmlTag::emphasis);
  ASSERT_EQ(emphasis.attributes.size(), 1U);
  EXPECT_EQ(emphasis.attributes[0].second, "reduced");
  ASSERT_EQ(emphasis.children.size(), 2U);
  EXPECT_EQ(emphasis.children[1].tag, SsmlTag::sentence);
}

TEST(Ssml, SpeaksTheTextOfUnknownTags) {
  const Document document =
      document_of(response("<SpeakSentence><speak>a <w role='x'>b<s>c</s></w></speak></SpeakSentence>"));
  const auto& speech = std::get<SpeakSentence>(document.verbs.at(0)).speech;
  EXPECT_EQ(speech.ssml, "a b<s>c</s>");
  ASSERT_EQ(document.warnings.size(), 2U);
  EXPECT_EQ(document.warnings[1].element, "w");
}

TEST(Ssml, IgnoresUnknownAttributes) {
  const Document document =
      document_of(response("<SpeakSentence><phoneme alphabet='ipa' ph='x'>y</phoneme></SpeakSentence>"));
  EXPECT_EQ(std::get<SpeakSentence>(document.verbs.at(0)).speech.ssml, "<phoneme ph=\"x\">y</phoneme>");
  EXPECT_EQ(document.warnings.size(), 1U);
}

TEST(Ssml, ChecksEveryAttribute) {
  const auto inside = [](std::string_view tag) {
    return "<SpeakSentence>a<" + std::string(tag) + " %/></SpeakSentence>";
  };
  expect_values(inside("break"), "strength", {"none", "x-weak", "weak", "medium", "strong", "x-strong"},
                {"", "big"});
  expect_values(inside("break"), "time", {"0s", "1s", "500ms", "0.5s", "10s", "10000ms"},
                {"", "1", "10.001s", "10001ms", "-1s", "1 s", "s", "1m"});
  expect_values(inside("emphasis"), "level", {"strong", "moderate", "reduced"}, {"", "none"});
  expect_values(inside("lang"), "xml:lang", {"arb", "cmn-CN", "cy-GB", "tr-TR"},
                {"", "en", "en_US", "xx-XX"});
  expect_values(inside("phoneme"), "ph", {"", "\xC9\x99"}, {});
  expect_values(inside("prosody"), "pitch", {"x-low", "default", "+5%", "-5.5%", "5%"},
                {"", "5", "higher", "%"});
  expect_values(inside("prosody"), "rate", {"x-slow", "x-fast", "90%"}, {"", "default", "-5%", "90"});
  expect_values(inside("prosody"), "volume", {"silent", "default", "+6dB", "-6dB"},
                {"", "6", "loudest", "dB"});
  expect_values(inside("say-as"), "interpret-as",
                {"date", "time", "telephone", "characters", "cardinal", "ordinal"}, {"", "spell"});
  expect_values(inside("say-as interpret-as='date'"), "format",
                {"mdy", "dmy", "ymd", "md", "dm", "ym", "my", "d", "m", "y"}, {"", "yyyymmdd"});
  expect_values(inside("say-as interpret-as='time'"), "format", {"hms12"}, {});
  expect_values(inside("sub"), "alias", {"", "x"}, {});
}

TEST(Ssml, PointsAtTheTagInAFault) {
  EXPECT_EQ(refusal_of("<p><break time='11s'/></p>"),
            "<break> time must be a time such as 1s or 500ms, at most 10s, but was 11s");
  EXPECT_EQ(refusal_of("<p><Gather/></p>"), "<Gather> is not allowed in <p>");
}

}  // namespace
}  // namespace portico::bxml
