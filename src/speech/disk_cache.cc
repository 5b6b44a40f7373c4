#include "speech/disk_cache.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

#include "base/log.h"

namespace portico::speech {
namespace {

namespace fs = std::filesystem;

bool write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  return file.good();
}

}  // namespace

DiskCache::DiskCache(fs::path directory, std::uint64_t bytes_max)
    : directory_(std::move(directory)), bytes_max_(bytes_max) {
  std::error_code error;
  fs::create_directories(directory_, error);
  if (!error) fs::permissions(directory_, fs::perms::owner_all, error);
  if (error) {
    log::warn("spoken sentences are not kept on disk",
              {{"directory", directory_.string()}, {"what", error.message()}});
    bytes_max_ = 0;
    return;
  }
  learn();
}

void DiskCache::learn() {
  struct Found {
    fs::file_time_type used;
    std::string key;
    std::uint64_t bytes;
  };
  std::vector<Found> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory_, error)) {
    if (entry.path().extension() == ".wav" && entry.is_regular_file(error)) {
      found.push_back({entry.last_write_time(error), entry.path().stem().string(), entry.file_size(error)});
    } else if (entry.path().extension() == ".new") {
      fs::remove(entry.path(), error);  // a write that a crash cut short
    }
  }
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.used < b.used; });
  const std::lock_guard lock(mutex_);
  for (const auto& one : found) note(one.key, one.bytes);
}

void DiskCache::note(const std::string& key, std::uint64_t bytes) {
  recent_.push_front(key);
  entries_[key] = {.bytes = bytes, .place = recent_.begin()};
  bytes_ += bytes;
  while (bytes_ > bytes_max_) {
    const auto oldest = recent_.back();
    std::error_code ignored;
    fs::remove(path_of(oldest), ignored);
    forget(oldest);
  }
}

void DiskCache::forget(const std::string& key) {
  const auto it = entries_.find(key);
  if (it == entries_.end()) return;
  bytes_ -= it->second.bytes;
  recent_.erase(it->second.place);
  entries_.erase(it);
}

std::optional<std::string> DiskCache::read(const std::string& key) {
  {
    const std::lock_guard lock(mutex_);
    const auto it = entries_.find(key);
    if (it == entries_.end()) return std::nullopt;
    recent_.splice(recent_.begin(), recent_, it->second.place);
  }
  std::ifstream file(path_of(key), std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  if (!file.good()) {
    const std::lock_guard lock(mutex_);
    forget(key);
    return std::nullopt;
  }
  std::error_code ignored;
  fs::last_write_time(path_of(key), fs::file_time_type::clock::now(), ignored);
  return std::move(bytes).str();
}

void DiskCache::write(const std::string& key, const std::string& wav) {
  static std::atomic<std::uint64_t> turn{0};
  if (wav.size() > bytes_max_) return;
  auto fresh = path_of(key);
  fresh.replace_extension("." + std::to_string(turn.fetch_add(1)) + ".new");
  std::error_code error;
  if (!write_file(fresh, wav)) {
    fs::remove(fresh, error);
    return;
  }
  const std::lock_guard lock(mutex_);
  fs::rename(fresh, path_of(key), error);
  if (error) return;
  forget(key);
  note(key, wav.size());
}

void DiskCache::remove(const std::string& key) {
  std::error_code ignored;
  fs::remove(path_of(key), ignored);
  const std::lock_guard lock(mutex_);
  forget(key);
}

std::uint64_t DiskCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace portico::speech
