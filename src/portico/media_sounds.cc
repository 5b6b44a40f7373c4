#include "portico/media_sounds.h"

namespace portico::app {

struct MediaSounds::Share {
  Share(std::shared_ptr<Held> of, Name its, std::shared_ptr<const audio::Pcm> kept)
      : held(std::move(of)), name(std::move(its)), sound(std::move(kept)) {}
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() {
    if (bytes == 0) return;
    const std::lock_guard lock(held->mutex);
    held->shares.give_back(name.first, bytes);
    const auto it = held->sounds.find(name);
    if (it != held->sounds.end() && it->second.expired()) held->sounds.erase(it);
  }

  std::shared_ptr<Held> held;
  Name name;
  std::shared_ptr<const audio::Pcm> sound;
  std::size_t bytes = 0;  // taken
};

Result<call::SoundHold> MediaSounds::put(const std::string& account_id, const std::string& key,
                                         audio::Pcm sound) {
  auto kept = cache_.put(key, std::move(sound));
  if (!kept) return fail(kept.error());
  auto hold = share(account_id, key, std::move(*kept));
  if (!hold) return fail(Code::busy, "the account's calls hold as many sounds as one may");
  return hold;
}

call::SoundHold MediaSounds::hold(const std::string& account_id, const std::string& key) {
  auto sound = cache_.find(key);
  return sound ? share(account_id, key, std::move(sound)) : nullptr;
}

call::SoundHold MediaSounds::share(const std::string& account_id, const std::string& key,
                                   std::shared_ptr<const audio::Pcm> sound) {
  const auto bytes = sound->samples.size() * sizeof(sound->samples[0]);
  auto made = std::make_shared<Share>(held_, Name{account_id, key}, std::move(sound));
  const std::lock_guard lock(held_->mutex);  // let go of before `made`, whose end takes it
  auto& known = held_->sounds[made->name];
  if (auto hold = known.lock()) return hold;
  if (!held_->shares.take(account_id, bytes)) {
    held_->sounds.erase(made->name);
    return nullptr;
  }
  made->bytes = bytes;
  known = made;
  return made;
}

}  // namespace portico::app
