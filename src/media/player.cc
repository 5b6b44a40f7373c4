#include "media/player.h"

#include <algorithm>

#include "audio/frame.h"
#include "audio/tones.h"
#include "base/limits.h"

namespace portico::media {
namespace {

std::uint64_t frames_in(Millis duration) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, duration.count()) + audio::kFrameMs - 1) /
         audio::kFrameMs;
}

}  // namespace

void Player::end(PortId port, const Playing& playing, PlayEnd why, std::string reason,
                 std::vector<Event>& events) {
  events.push_back(PlayEnded{.port = port, .play = playing.id, .end = why, .reason = std::move(reason)});
}

// The reason when the sound cannot be had.
std::optional<std::string> Player::resolve(Item& item, Codec codec, SoundShelf& shelf) {
  if (const auto* cached = std::get_if<CachedSound>(&item.what)) {
    item.found = shelf.find(cached->key, codec);
    if (!item.found.sound) return "sound not in the cache: " + cached->key;
    item.frames = item.found.sound->frames();
    return std::nullopt;
  }
  const auto& tone = std::get<ToneSound>(item.what);
  if (tone.tone == Tone::dtmf && !audio::dtmf_pair(tone.digit)) return std::string("not a DTMF digit");
  item.found = shelf.tone(tone.tone, tone.digit, codec);
  item.frames = frames_in(tone.duration);
  return std::nullopt;
}

void Player::play(const Play& command, Codec codec, SoundShelf& shelf, std::vector<Event>& events) {
  Playing playing{.id = command.play, .loop = command.loop};
  if (command.sounds.empty() || command.sounds.size() > limits::kPlaySoundsMax) {
    return end(command.port, playing, PlayEnd::failed, "no sounds, or too many", events);
  }
  if (plays_.size() >= limits::kPlaysQueuedMax) {
    return end(command.port, playing, PlayEnd::failed, "too many plays are waiting", events);
  }
  for (const auto& what : command.sounds) {
    Item item{.what = what};
    if (auto reason = resolve(item, codec, shelf)) {
      return end(command.port, playing, PlayEnd::failed, std::move(*reason), events);
    }
    if (item.frames != 0) playing.items.push_back(std::move(item));
  }
  plays_.push_back(std::move(playing));
}

void Player::stop(PortId port, PlayId play, PlayEnd why, std::vector<Event>& events) {
  std::erase_if(plays_, [&](const Playing& playing) {
    const bool hit = play == 0 || playing.id == play;
    if (hit) end(port, playing, why, {}, events);
    return hit;
  });
}

// Moves on to an item with a frame left; false when the play is over. With another codec an item may have
// none any more.
bool Player::seek(Playing& playing) {
  for (std::size_t passed = 0; passed <= playing.items.size(); ++passed) {
    if (playing.item >= playing.items.size()) {
      if (!playing.loop) return false;
      playing.item = 0;
    }
    if (playing.frame < playing.items[playing.item].frames) return true;
    ++playing.item;
    playing.frame = 0;
  }
  return false;
}

std::optional<EncodedSound::Frame> Player::next(PortId port, std::vector<Event>& events) {
  while (!plays_.empty()) {
    Playing& playing = plays_.front();
    if (!playing.items.empty() && seek(playing)) {
      Item& item = playing.items[playing.item];
      auto& [sound, source] = item.found;
      const auto frame = sound->frame(playing.frame++ % sound->frames());
      if (sound->complete()) source.reset();
      return frame;
    }
    end(port, playing, PlayEnd::completed, {}, events);
    plays_.erase(plays_.begin());
  }
  return std::nullopt;
}

void Player::change_codec(PortId port, Codec codec, SoundShelf& shelf, std::vector<Event>& events) {
  std::erase_if(plays_, [&](Playing& playing) {
    for (auto& item : playing.items) {
      if (auto reason = resolve(item, codec, shelf)) {
        end(port, playing, PlayEnd::failed, std::move(*reason), events);
        return true;
      }
    }
    return false;
  });
}

}  // namespace portico::media
