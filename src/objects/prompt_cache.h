#pragma once
// Which fetched sounds may be played again without asking. The samples are
// in the SoundSink; this holds names only. Bounded: the least recently used goes first. Any thread.

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "call/events.h"

namespace portico::objects {

class PromptCache {
 public:
  using Sound = call::SoundReady::Sound;

  std::optional<Sound> find(const std::string& source, TimePoint now);
  void keep(const std::string& source, Sound sound, TimePoint fresh_until);

  std::size_t size() const;

 private:
  struct Entry {
    Sound sound;
    TimePoint fresh_until;
    std::list<std::string>::iterator place;
  };

  mutable std::mutex mutex_;
  std::list<std::string> recent_;  // front: last used
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace portico::objects
