#include "media/player.h"

#include <gtest/gtest.h>

#include "media/party.h"

namespace portico::media {
namespace {

struct Played {
  std::size_t frames_until_end(std::size_t most) {
    for (std::size_t frames = 0; frames < most; ++frames) {
      if (!player.next(1, events)) return frames;
    }
    return most;
  }

  Sounds sounds;
  SoundShelf shelf{sounds};
  Player player;
  std::vector<Event> events;
};

// A frame of G.722, and none of G.711.
const audio::Pcm kOneSample{.rate = 16'000, .samples = {1'000}};

TEST(Player, PassesOverWhatHasNoFrameWithAnotherCodec) {
  for (const bool loop : {false, true}) {
    Played played;
    played.sounds.put("long", audio::make_sine(16'000, 440, Millis(100)));
    played.sounds.put("short", kOneSample);
    const Play play{.port = 1,
                    .play = 7,
                    .sounds = {SoundKey("long"), SoundKey("short"), SoundKey("short"), SoundKey("long")},
                    .loop = loop};
    played.player.play(play, Codec::g722, played.shelf, played.events);
    ASSERT_TRUE(played.player.next(1, played.events));
    played.player.change_codec(1, Codec::pcmu, played.shelf, played.events);
    EXPECT_EQ(played.frames_until_end(30), loop ? 30U : 9U);
  }
}

TEST(Player, EndsALoopOfWhichNothingIsLeft) {
  Played played;
  played.sounds.put("short", kOneSample);
  const Play play{.port = 1, .play = 7, .sounds = {SoundKey("short")}, .loop = true};
  played.player.play(play, Codec::g722, played.shelf, played.events);
  ASSERT_TRUE(played.player.next(1, played.events));
  played.player.change_codec(1, Codec::pcmu, played.shelf, played.events);
  EXPECT_FALSE(played.player.next(1, played.events));
  ASSERT_EQ(played.events.size(), 1U);
  EXPECT_EQ(std::get<PlayEnded>(played.events.front()).end, PlayEnd::completed);
}

}  // namespace
}  // namespace portico::media
