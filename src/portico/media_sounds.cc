#include "portico/media_sounds.h"

#include <utility>

namespace portico::app {

struct MediaSounds::Held {
  explicit Held(std::size_t most) : bytes_max(most) {}

  // Under `mutex`.
  bool take(const Name& name, std::size_t bytes) {
    auto& own = of_account[name.first];
    auto& key = of_key[name.second];
    const auto added = key.holders == 0 ? bytes : 0;
    if (added != 0 && total + added + own + bytes > bytes_max) return false;
    total += added;
    key.bytes += added;
    own += bytes;
    ++key.holders;
    return true;
  }
  void give_back(const Name& name, std::size_t bytes) {
    of_account[name.first] -= bytes;
    auto& key = of_key[name.second];
    if (--key.holders == 0) total -= std::exchange(key.bytes, 0);
  }
  void forget_empty(const Name& name) {
    if (const auto it = sounds.find(name); it != sounds.end() && it->second.expired()) sounds.erase(it);
    if (const auto it = of_account.find(name.first); it != of_account.end() && it->second == 0)
      of_account.erase(it);
    if (const auto it = of_key.find(name.second); it != of_key.end() && it->second.holders == 0)
      of_key.erase(it);
  }

  std::mutex mutex;
  const std::size_t bytes_max;
  std::size_t total = 0;                          // bytes of all keys that are held
  std::map<std::string, std::size_t> of_account;  // bytes of all that its calls hold
  struct Key {
    std::size_t holders = 0;  // accounts
    std::size_t bytes = 0;    // of `total`
  };
  std::map<std::string, Key> of_key;
  std::map<Name, std::weak_ptr<Share>> sounds;  // one for all calls of an account
};

struct MediaSounds::Share {
  Share(std::shared_ptr<Held> of, Name its) : held(std::move(of)), name(std::move(its)) {}
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
  sound = medianode::SoundCache::as_kept(std::move(sound));  // its size there is what counts
  // Before the cache throws out what others play for it.
  auto share = reserve({account_id, key}, medianode::SoundCache::bytes_of(key, sound));
  if (!share) return fail(share.error());
  if ((*share)->sound) return call::SoundHold(std::move(*share));
  auto kept = cache_.put(key, std::move(sound));
  if (!kept) return fail(kept.error());
  return publish(std::move(*share), std::move(*kept));
}

Result<call::SoundHold> MediaSounds::hold(const std::string& account_id, const std::string& key) {
  auto sound = cache_.find(key);
  if (!sound) return fail(Code::not_found, "the sound is not in the cache any more");
  auto share = reserve({account_id, key}, medianode::SoundCache::bytes_of(key, *sound));
  if (!share) return fail(share.error());
  if ((*share)->sound) return call::SoundHold(std::move(*share));
  return publish(std::move(*share), std::move(sound));
}

std::size_t MediaSounds::held() const {
  const std::lock_guard lock(held_->mutex);
  return held_->sounds.size();
}

// The account's share of the sound if its calls hold it, or a new one, without the sound yet.
Result<std::shared_ptr<MediaSounds::Share>> MediaSounds::reserve(Name name, std::size_t bytes) {
  auto made = std::make_shared<Share>(held_, std::move(name));
  const std::lock_guard lock(held_->mutex);  // let go of before `made`, whose end takes it
  const auto known = held_->sounds.find(made->name);
  if (known != held_->sounds.end()) {
    if (auto share = known->second.lock()) return share;
  }
  if (!held_->take(made->name, bytes)) {
    return fail(Code::busy, "the account's calls hold as many sounds as they may");
  }
  made->bytes = bytes;
  return made;
}

call::SoundHold MediaSounds::publish(std::shared_ptr<Share> made, std::shared_ptr<const audio::Pcm> sound) {
  made->sound = std::move(sound);
  const std::lock_guard lock(held_->mutex);
  auto& known = held_->sounds[made->name];
  if (auto share = known.lock()) return share;
  known = made;
  return made;
}

}  // namespace portico::app
