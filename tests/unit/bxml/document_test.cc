#include "bxml/document.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

struct Sample {
  std::string_view text;
  bool answers;
};

// One of each verb, and what it does to an unanswered call (contract section 2.1).
constexpr Sample kSamples[] = {
    {"<Bridge>c-1</Bridge>", true},
    {"<Conference>r</Conference>", true},
    {"<Connect><Endpoint>e-1</Endpoint></Connect>", true},
    {"<Forward to='sip:a@b'/>", false},
    {"<Gather/>", true},
    {"<Hangup/>", false},
    {"<Pause/>", true},
    {"<PauseRecording/>", false},
    {"<PlayAudio>a.wav</PlayAudio>", true},
    {"<Record/>", true},
    {"<Redirect redirectUrl='/r'/>", false},
    {"<Refer><SipUri>sip:a@b</SipUri></Refer>", true},
    {"<ResumeRecording/>", false},
    {"<Ring/>", true},
    {"<Ring answerCall='false'/>", false},
    {"<SendDtmf>1</SendDtmf>", true},
    {"<SpeakSentence>a</SpeakSentence>", true},
    {"<StartGather dtmfUrl='/d'/>", true},
    {"<StartRecording/>", true},
    {"<StartStream destination='ws://x'/>", true},
    {"<StartTranscription/>", true},
    {"<StopGather/>", false},
    {"<StopRecording/>", false},
    {"<StopStream name='a'/>", false},
    {"<StopTranscription/>", false},
    {"<Tag/>", false},
    {"<Transfer><SipUri>sip:a@b</SipUri></Transfer>", true},
};

TEST(Document, KnowsWhichVerbsAnswerAnUnansweredCall) {
  for (const auto& [text, answers] : kSamples) {
    EXPECT_EQ(answers_call(document_of(response(text)).verbs.at(0)), answers) << text;
  }
}

TEST(Document, NamesAndPlacesEachVerb) {
  std::string all;
  for (const Sample& sample : kSamples) all += "\n  " + std::string(sample.text);
  const Document document = document_of(response(all));
  ASSERT_EQ(document.verbs.size(), std::size(kSamples));
  for (std::size_t i = 0; i < document.verbs.size(); ++i) {
    EXPECT_EQ(position(document.verbs[i]), (Position{static_cast<std::uint32_t>(i + 2), 3}));
    EXPECT_THAT(std::string(kSamples[i].text),
                ::testing::StartsWith("<" + std::string(verb_name(document.verbs[i]))));
  }
}

TEST(Document, IsRedirectOnlyWithRedirectAndTagAlone) {
  const auto redirects = [](std::string_view verbs) {
    return is_redirect_only(document_of(response(verbs)));
  };
  EXPECT_TRUE(redirects("<Redirect redirectUrl='/r'/>"));
  EXPECT_TRUE(redirects("<Tag>a</Tag><Redirect redirectUrl='/r'/><Tag/>"));
  EXPECT_FALSE(redirects(""));
  EXPECT_FALSE(redirects("<Tag>a</Tag>"));
  EXPECT_FALSE(redirects("<Pause/><Redirect redirectUrl='/r'/>"));
}

}  // namespace
}  // namespace portico::bxml
