#pragma once
// Decoded sounds by key, at 16 kHz at most, as no codec carries more; the least recently used thrown out when
// the bytes exceed the bound. Filled by workers; media threads look up without waiting for them. A sound
// stays while somebody holds it.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/limits.h"
#include "base/result.h"
#include "media/sound_source.h"
#include "medianode/shared_slot.h"

namespace portico::medianode {

class SoundCache final : public media::SoundSource {
 public:
  explicit SoundCache(std::size_t bytes_max = limits::kSoundCacheBytesMax);
  ~SoundCache() override;

  // Any thread that may take its time. The same key must always mean the same samples: a second put() of a
  // key gives what is there. Hold the result to keep the sound from being thrown out. Errors: too_large
  // (alone above the bound), busy (the bound is filled with sounds in use).
  Result<std::shared_ptr<const audio::Pcm>> put(const media::SoundKey& key, audio::Pcm sound);
  std::shared_ptr<const audio::Pcm> find(const media::SoundKey& key) override;

  static audio::Pcm as_kept(audio::Pcm sound);  // at no higher rate than any codec has
  static std::size_t bytes_of(const media::SoundKey& key, const audio::Pcm& sound);  // as the bound counts
  std::size_t bytes() const;
  std::size_t size() const;

 private:
  struct Entry;
  using Bucket = std::vector<std::shared_ptr<Entry>>;
  static constexpr std::size_t kBuckets = 1'024;

  SharedSlot<Bucket>& bucket_of(const media::SoundKey& key);
  bool make_room(std::size_t bytes);  // mutex_ held
  void drop(const std::shared_ptr<Entry>& entry);

  const std::size_t bytes_max_;
  std::atomic<std::uint64_t> clock_{0};
  std::unique_ptr<SharedSlot<Bucket>[]> buckets_;

  mutable std::mutex mutex_;  // writers only
  std::unordered_map<media::SoundKey, std::shared_ptr<Entry>> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace portico::medianode
