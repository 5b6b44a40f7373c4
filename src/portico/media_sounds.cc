#include "portico/media_sounds.h"

#include <utility>

namespace portico::app {

using Name = std::pair<std::string, std::string>;  // account and key

struct MediaSounds::Held {
  explicit Held(std::size_t most) : bytes_max(most) {}

  // Under `mutex`.
  bool take(const Name& name, std::size_t bytes) {
    auto& own = of_account[name.first];
    auto& holders = of_key[name.second];
    const auto added = holders == 0 ? bytes : 0;
    if (added != 0 && total + added + own + bytes > bytes_max) return false;
    total += added;
    own += bytes;
    ++holders;
    return true;
  }
  void give_back(const Name& name, std::size_t bytes) {
    of_account[name.first] -= bytes;
    if (--of_key[name.second] == 0) total -= bytes;
  }
  void forget_empty(const Name& name) {
    if (const auto it = sounds.find(name); it != sounds.end() && it->second.expired()) sounds.erase(it);
    if (const auto it = of_account.find(name.first); it != of_account.end() && it->second == 0)
      of_account.erase(it);
    if (const auto it = of_key.find(name.second); it != of_key.end() && it->second == 0) of_key.erase(it);
  }

  std::mutex mutex;
  const std::size_t bytes_max;
  std::size_t total = 0;                          // bytes of all keys that are held
  std::map<std::string, std::size_t> of_account;  // bytes of all that its calls hold
  std::map<std::string, std::size_t> of_key;      // accounts that hold it
  std::map<Name, std::weak_ptr<Share>> sounds;    // one for all calls of an account
};

struct MediaSounds::Share {
  Share(std::shared_ptr<Held> of, Name its, std::shared_ptr<const audio::Pcm> kept)
      : held(std::move(of)), name(std::move(its)), sound(std::move(kept)) {}
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share() {
    const std::lock_guard lock(held->mutex);
    if (bytes != 0) held->give_back(name, bytes);
    held->forget_empty(name);
  }

  std::shared_ptr<Held> held;
  Name name;
  std::shared_ptr<const audio::Pcm> sound;
  std::size_t bytes = 0;  // taken
};

MediaSounds::MediaSounds(medianode::SoundCache& cache, std::size_t bytes_max)
    : cache_(cache), held_(std::make_shared<Held>(bytes_max)) {}

Result<call::SoundHold> MediaSounds::put(const std::string& account_id, const std::string& key,
                                         audio::Pcm sound) {
  auto kept = cache_.put(key, std::move(sound));
  if (!kept) return fail(kept.error());
  return share(account_id, key, std::move(*kept));
}

Result<call::SoundHold> MediaSounds::hold(const std::string& account_id, const std::string& key) {
  auto sound = cache_.find(key);
  if (!sound) return fail(Code::not_found, "the sound is not in the cache any more");
  return share(account_id, key, std::move(sound));
}

std::size_t MediaSounds::held() const {
  const std::lock_guard lock(held_->mutex);
  return held_->sounds.size();
}

Result<call::SoundHold> MediaSounds::share(const std::string& account_id, const std::string& key,
                                           std::shared_ptr<const audio::Pcm> sound) {
  const auto bytes = medianode::SoundCache::bytes_of(key, *sound);
  auto made = std::make_shared<Share>(held_, Name{account_id, key}, std::move(sound));
  const std::lock_guard lock(held_->mutex);  // let go of before `made`, whose end takes it
  auto& known = held_->sounds[made->name];
  if (auto share = known.lock()) return call::SoundHold(std::move(share));
  if (!held_->take(made->name, bytes)) {
    return fail(Code::busy, "the account's calls hold as many sounds as they may");
  }
  made->bytes = bytes;
  known = made;
  return call::SoundHold(std::move(made));
}

}  // namespace portico::app
