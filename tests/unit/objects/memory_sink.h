#pragma once
// A SoundSink that keeps everything, unless told to forget.

#include <map>
#include <mutex>

#include "objects/sound_sink.h"

namespace portico::objects {

class MemorySink final : public SoundSink {
 public:
  Result<void> put(const std::string& key, audio::Pcm sound) override {
    const std::lock_guard lock(mutex_);
    ++puts_;
    sounds_[key] = std::move(sound);
    return {};
  }
  bool has(const std::string& key) override {
    const std::lock_guard lock(mutex_);
    return sounds_.contains(key);
  }

  audio::Pcm get(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return sounds_.at(key);
  }
  int puts() {
    const std::lock_guard lock(mutex_);
    return puts_;
  }
  void forget_all() {
    const std::lock_guard lock(mutex_);
    sounds_.clear();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, audio::Pcm> sounds_;
  int puts_ = 0;
};

}  // namespace portico::objects
