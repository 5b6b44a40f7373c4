#include "bxml/verbs/play_audio.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(PlayAudio, ReadsItsUrlAndCredentials) {
  const auto plain = only<PlayAudio>("<PlayAudio>\n /prompts/hello.wav \n</PlayAudio>");
  EXPECT_EQ(plain.url, "https://app.example/prompts/hello.wav");
  EXPECT_FALSE(plain.credentials.given());
  const auto full =
      only<PlayAudio>("<PlayAudio username='u' password='p'>http://x.example/a.mp3?b=1&amp;c=2</PlayAudio>");
  EXPECT_EQ(full.url, "http://x.example/a.mp3?b=1&c=2");
  EXPECT_EQ(full.credentials, (Credentials{"u", "p"}));
}

TEST(PlayAudio, ChecksUrlAttributesAndContent) {
  expect_secret("<PlayAudio %>a.wav</PlayAudio>", "username");
  expect_secret("<PlayAudio %>a.wav</PlayAudio>", "password");
  expect_unknown_ignored("<PlayAudio %>a.wav</PlayAudio>");
  EXPECT_EQ(reason_of("<PlayAudio/>"), "<PlayAudio> needs a text");
  EXPECT_EQ(reason_of("<PlayAudio>file:///etc/passwd</PlayAudio>"),
            "<PlayAudio> text must be an http or https URL");
  EXPECT_EQ(reason_of("<PlayAudio>a b.wav</PlayAudio>"), "<PlayAudio> text must be a URL");
  EXPECT_EQ(reason_of("<PlayAudio>a.wav<break/></PlayAudio>"), "<break> is not a BXML element");
  EXPECT_EQ(fault_of(response("<PlayAudio>\n\n   ftp://x.example/</PlayAudio>")),
            "line 3, column 4: <PlayAudio> text must be an http or https URL");
}

}  // namespace
}  // namespace portico::bxml
