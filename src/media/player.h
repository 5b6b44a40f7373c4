#pragma once
// What a port plays: plays wait in line, each a list of sounds, given out as 20 ms frames without a gap. One
// owner.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "media/commands.h"
#include "media/events.h"
#include "media/sound_shelf.h"

namespace portico::media {

class Player {
 public:
  // Ends are appended to `events`.
  void play(const Play& command, Codec codec, SoundShelf& shelf, std::vector<Event>& events);
  void stop(PortId port, PlayId play, PlayEnd why, std::vector<Event>& events);  // 0: all
  bool idle() const { return plays_.empty(); }

  // The next 20 ms, if anything plays. A play's end is told in the call after its last frame, which is when
  // that frame has been heard; the next play's first frame comes in the same call.
  std::optional<EncodedSound::Frame> next(PortId port, std::vector<Event>& events);

  // After a re-INVITE chose another codec: what plays goes on from where it is.
  void change_codec(PortId port, Codec codec, SoundShelf& shelf, std::vector<Event>& events);

 private:
  struct Item {
    Sound what;
    SoundShelf::Found found;
    std::uint64_t frames = 0;  // to play; more than the sound has: round and round
  };
  struct Playing {
    PlayId id = 0;
    bool loop = false;
    std::vector<Item> items;
    std::size_t item = 0;
    std::uint64_t frame = 0;
  };
  static std::optional<std::string> resolve(Item& item, Codec codec, SoundShelf& shelf);
  static bool seek(Playing& playing);
  static void end(PortId port, const Playing& playing, PlayEnd why, std::string reason,
                  std::vector<Event>& events);

  std::vector<Playing> plays_;  // a few: a deque would hold half a kilobyte in each port
};

}  // namespace portico::media
