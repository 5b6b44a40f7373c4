#pragma once
// The media node's cache as those who make sounds see it. What an account's calls hold cannot be thrown out,
// so it is shared among accounts: one alone holds half of the cache at most (base/shares.h), and others
// always find room. Any thread.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/shares.h"
#include "medianode/sound_cache.h"
#include "objects/sound_sink.h"

namespace portico::app {

class MediaSounds final : public objects::SoundSink {
 public:
  explicit MediaSounds(medianode::SoundCache& cache, std::size_t bytes_max = limits::kSoundCacheBytesMax)
      : cache_(cache), held_(std::make_shared<Held>(bytes_max)) {}

  Result<call::SoundHold> put(const std::string& account_id, const std::string& key,
                              audio::Pcm sound) override;
  call::SoundHold hold(const std::string& account_id, const std::string& key) override;

 private:
  using Name = std::pair<std::string, std::string>;  // account and key
  struct Share;
  struct Held {
    explicit Held(std::size_t bytes_max) : shares(bytes_max) {}
    std::mutex mutex;
    Shares shares;                                // bytes
    std::map<Name, std::weak_ptr<Share>> sounds;  // each counts once, however many calls hold it
  };
  call::SoundHold share(const std::string& account_id, const std::string& key,
                        std::shared_ptr<const audio::Pcm> sound);

  medianode::SoundCache& cache_;
  std::shared_ptr<Held> held_;  // calls give back what they hold after this is gone, too
};

}  // namespace portico::app
