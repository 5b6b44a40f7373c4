#pragma once
// Spoken sentences as WAV files, DIR/<key>.wav, so that a restart does not speak them all again. Bounded in
// bytes: the least recently used goes first. Any thread; every function blocks.

#include <cstdint>
#include <filesystem>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/limits.h"
#include "base/result.h"

namespace portico::speech {

class DiskCache {
 public:
  // Makes the directory, and learns what is in it. A directory that cannot be used makes an empty cache that
  // keeps nothing: speech works without.
  explicit DiskCache(std::filesystem::path directory, std::uint64_t bytes_max = limits::kSpeechDiskBytesMax);

  std::optional<std::string> read(const std::string& key);  // the WAV file
  void write(const std::string& key, const std::string& wav);
  void remove(const std::string& key);

  std::uint64_t bytes() const;

 private:
  struct Entry {
    std::uint64_t bytes = 0;
    std::list<std::string>::iterator place;
  };
  std::filesystem::path path_of(const std::string& key) const { return directory_ / (key + ".wav"); }
  void learn();
  void note(const std::string& key, std::uint64_t bytes);  // mutex_ held
  void forget(const std::string& key);                     // mutex_ held

  std::filesystem::path directory_;
  std::uint64_t bytes_max_;
  mutable std::mutex mutex_;
  std::list<std::string> recent_;  // front: last used
  std::unordered_map<std::string, Entry> entries_;
  std::uint64_t bytes_ = 0;
};

}  // namespace portico::speech
