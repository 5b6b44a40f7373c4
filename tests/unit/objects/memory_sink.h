#pragma once
// A SoundSink that keeps everything, unless told to forget, and counts who holds a sound.

#include <functional>
#include <map>
#include <mutex>
#include <new>

#include "objects/sound_sink.h"

namespace portico::objects {

class MemorySink final : public SoundSink {
 public:
  std::function<void()> before_put;  // on the worker

  Result<call::SoundHold> put(const std::string& account_id, const std::string& key,
                              audio::Pcm sound) override {
    if (before_put) before_put();
    const std::lock_guard lock(mutex_);
    if (account_id == full_) return fail(Code::busy, "full");
    ++puts_;
    if (throwing_ > 0) {
      --throwing_;
      throw std::bad_alloc();
    }
    sounds_[key] = std::make_shared<const audio::Pcm>(std::move(sound));
    return call::SoundHold(sounds_[key]);
  }
  Result<call::SoundHold> hold(const std::string& account_id, const std::string& key) override {
    const std::lock_guard lock(mutex_);
    if (account_id == full_) return fail(Code::busy, "full");
    const auto it = sounds_.find(key);
    if (it == sounds_.end()) return fail(Code::not_found, "gone");
    return call::SoundHold(it->second);
  }
  bool is_held(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return sounds_.at(key).use_count() > 1;
  }

  audio::Pcm get(const std::string& key) {
    const std::lock_guard lock(mutex_);
    return *sounds_.at(key);
  }
  int puts() {
    const std::lock_guard lock(mutex_);
    return puts_;
  }
  // The account holds as much as it may.
  void fill(const std::string& account_id) {
    const std::lock_guard lock(mutex_);
    full_ = account_id;
  }
  // The next ones are put in vain.
  void run_out_of_memory(int times) {
    const std::lock_guard lock(mutex_);
    throwing_ = times;
  }
  void forget_all() {
    const std::lock_guard lock(mutex_);
    sounds_.clear();
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const audio::Pcm>> sounds_;
  int puts_ = 0;
  int throwing_ = 0;
  std::string full_ = "-";
};

}  // namespace portico::objects
