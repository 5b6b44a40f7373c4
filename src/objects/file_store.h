#pragma once
// Objects (recordings, transcripts) as files below one directory: DIR/<key>, and DIR/.staging for what is
// still being written, by one process at a time. Keys are relative paths of letters, digits, '-', '_' and
// '.'. Any thread; every function blocks.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace portico::objects {

struct StoredObject {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
};

class FileStore {
 public:
  // Makes the directories with mode 0700. Errors: unavailable.
  static Result<std::unique_ptr<FileStore>> open(const std::filesystem::path& directory);

  // What that process locks; it is not made here.
  std::filesystem::path lock_file() const { return directory_ / ".lock"; }

  // A path in the staging directory for a file of that name; `name` is sanitised like a key's segment. Does
  // not block.
  std::filesystem::path staging_path(std::string_view name) const;

  // Moves a staged file to `key`, replacing what is there, and gives its size. The bytes are on disk
  // afterwards. Errors: invalid (key, or a path outside of staging), not_found (nothing staged), unavailable.
  Result<std::uint64_t> put(const std::filesystem::path& staged, std::string_view key) const;
  // What lies in the staging directory: left behind by a process that was killed. unavailable.
  Result<std::vector<std::filesystem::path>> staged() const;
  Result<void> discard(const std::filesystem::path& staged) const;  // invalid, unavailable; absent is fine
  Result<StoredObject> find(std::string_view key) const;            // invalid, not_found
  Result<void> remove(std::string_view key) const;                  // invalid, unavailable; absent is fine

 private:
  explicit FileStore(std::filesystem::path directory) : directory_(std::move(directory)) {}
  std::filesystem::path directory_;
};

// The directory of "file:PATH", as in --objects. Errors: unsupported (s3:// and others, naming the form that
// is).
Result<std::filesystem::path> directory_of_objects(std::string_view url);
Result<std::unique_ptr<FileStore>> open_objects(std::string_view url);  // the same, and unavailable

// The checks of `key`: 1..512 bytes, segments of [A-Za-z0-9._-] that do not begin with a dot, no empty ones.
bool is_object_key(std::string_view key);

}  // namespace portico::objects
