#include "medianode/sound_cache.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "audio/frame.h"
#include "audio/resampler.h"
#include "base/counters.h"

namespace portico::medianode {

struct SoundCache::Entry {
  media::SoundKey key;
  std::shared_ptr<const audio::Pcm> sound;
  std::size_t bytes = 0;
  std::atomic<std::uint64_t> used{0};

  // The entry itself holds one reference; any other is somebody who plays it.
  bool in_use() const { return sound.use_count() > 1; }
};

namespace {

constexpr unsigned kRateMax = audio::sample_rate(Codec::opus);  // of all codecs
static_assert(2 * limits::kPromptLengthMax.count() * kRateMax * sizeof(std::int16_t) <
                  limits::kSoundCacheBytesMax,
              "the longest prompt fits into the half of one account");

Gauge& bytes_gauge() {
  static auto& gauge_of_bytes = gauge("portico_sound_cache_bytes", "Bytes of decoded sounds in memory");
  return gauge_of_bytes;
}

}  // namespace

std::size_t SoundCache::bytes_of(const media::SoundKey& key, const audio::Pcm& sound) {
  return sound.samples.size() * sizeof(sound.samples[0]) + key.size() + sizeof(audio::Pcm);
}

SoundCache::SoundCache(std::size_t bytes_max)
    : bytes_max_(bytes_max), buckets_(std::make_unique<SharedSlot<Bucket>[]>(kBuckets)) {}

SoundCache::~SoundCache() { bytes_gauge().add(-static_cast<std::int64_t>(bytes_)); }

SharedSlot<SoundCache::Bucket>& SoundCache::bucket_of(const media::SoundKey& key) {
  return buckets_[std::hash<media::SoundKey>{}(key) % kBuckets];
}

std::shared_ptr<const audio::Pcm> SoundCache::find(const media::SoundKey& key) {
  static auto& misses =
      counter("portico_sound_cache_misses_total", "Sounds that were asked for and not there");
  const auto bucket = bucket_of(key).load();
  if (bucket) {
    for (const auto& entry : *bucket) {
      if (entry->key != key) continue;
      entry->used.store(++clock_, std::memory_order_relaxed);
      return entry->sound;
    }
  }
  misses.add();
  return nullptr;
}

audio::Pcm SoundCache::as_kept(audio::Pcm sound) {
  return sound.rate > kRateMax ? audio::resample(std::move(sound), kRateMax) : sound;
}

Result<std::shared_ptr<const audio::Pcm>> SoundCache::put(const media::SoundKey& key, audio::Pcm sound) {
  sound = as_kept(std::move(sound));
  const auto bytes = bytes_of(key, sound);
  if (bytes > bytes_max_) return fail(Code::too_large, "the sound is larger than the sound cache");
  const std::lock_guard lock(mutex_);
  if (const auto it = entries_.find(key); it != entries_.end()) {
    it->second->used.store(++clock_, std::memory_order_relaxed);
    return it->second->sound;
  }
  if (!make_room(bytes)) return fail(Code::busy, "the sound cache is full of sounds that are being played");
  auto entry = std::make_shared<Entry>();
  entry->key = key;
  entry->sound = std::make_shared<const audio::Pcm>(std::move(sound));
  entry->bytes = bytes;
  entry->used.store(++clock_, std::memory_order_relaxed);
  entries_.emplace(key, entry);
  bytes_ += bytes;
  bytes_gauge().add(static_cast<std::int64_t>(bytes));
  auto& slot = bucket_of(key);
  const auto before = slot.load();
  auto after = before ? std::make_shared<Bucket>(*before) : std::make_shared<Bucket>();
  after->push_back(entry);
  slot.store(std::move(after));
  return entry->sound;
}

bool SoundCache::make_room(std::size_t bytes) {
  if (bytes_ + bytes <= bytes_max_) return true;
  // Readers go on marking entries as used: what they sort by is read once.
  std::vector<std::pair<std::uint64_t, std::shared_ptr<Entry>>> idle;
  std::size_t idle_bytes = 0;
  for (const auto& [key, entry] : entries_) {
    if (entry->in_use()) continue;
    idle.emplace_back(entry->used.load(std::memory_order_relaxed), entry);
    idle_bytes += entry->bytes;
  }
  if (bytes_ - idle_bytes + bytes > bytes_max_) return false;
  std::sort(idle.begin(), idle.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [used, entry] : idle) {
    if (bytes_ + bytes <= bytes_max_) break;
    drop(entry);
  }
  return true;
}

void SoundCache::drop(const std::shared_ptr<Entry>& entry) {
  auto& slot = bucket_of(entry->key);
  auto after = std::make_shared<Bucket>(*slot.load());
  std::erase(*after, entry);
  slot.store(std::move(after));
  bytes_ -= entry->bytes;
  bytes_gauge().add(-static_cast<std::int64_t>(entry->bytes));
  entries_.erase(entry->key);
}

std::size_t SoundCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::size_t SoundCache::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace portico::medianode
