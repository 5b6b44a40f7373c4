#include "objects/prompt_cache.h"

#include "base/limits.h"

namespace portico::objects {

std::optional<PromptCache::Sound> PromptCache::find(const std::string& source, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(source);
  if (it == entries_.end()) return std::nullopt;
  auto& entry = it->second;
  if (now >= entry.fresh_until) {
    recent_.erase(entry.place);
    entries_.erase(it);
    return std::nullopt;
  }
  recent_.splice(recent_.begin(), recent_, entry.place);
  return entry.sound;
}

void PromptCache::keep(const std::string& source, Sound sound, TimePoint fresh_until) {
  const std::lock_guard lock(mutex_);
  if (const auto it = entries_.find(source); it != entries_.end()) {
    recent_.erase(it->second.place);
    entries_.erase(it);
  }
  while (entries_.size() >= limits::kPromptCacheMax) {
    entries_.erase(recent_.back());
    recent_.pop_back();
  }
  sound.hold.reset();  // others may need the room
  recent_.push_front(source);
  entries_.emplace(source, Entry{std::move(sound), fresh_until, recent_.begin()});
}

std::size_t PromptCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace portico::objects
