#pragma once
// The media node's cache as those who make sounds see it. What calls hold cannot be thrown out, so an account
// whose calls hold some gets more only while as much is left for the others: one alone holds half of the
// cache at most. What another account's calls hold already takes no room. Any thread.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "medianode/sound_cache.h"
#include "objects/sound_sink.h"

namespace portico::app {

class MediaSounds final : public objects::SoundSink {
 public:
  explicit MediaSounds(medianode::SoundCache& cache, std::size_t bytes_max = limits::kSoundCacheBytesMax);

  Result<call::SoundHold> put(const std::string& account_id, const std::string& key,
                              audio::Pcm sound) override;
  Result<call::SoundHold> hold(const std::string& account_id, const std::string& key) override;
  std::size_t held() const;  // sounds, each counted once an account

 private:
  struct Share;
  struct Held;
  using Name = std::pair<std::string, std::string>;  // account and key
  Result<std::shared_ptr<Share>> reserve(Name name, std::size_t bytes);
  call::SoundHold publish(std::shared_ptr<Share> made, std::shared_ptr<const audio::Pcm> sound);

  medianode::SoundCache& cache_;
  std::shared_ptr<Held> held_;  // calls give back what they hold after this is gone, too
};

}  // namespace portico::app
