#include "objects/file_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace portico::objects {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyBytesMax = 512;
constexpr const char* kStaging = ".staging";

bool is_key_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

bool is_segment(std::string_view segment) {
  return !segment.empty() && segment.front() != '.' &&
         std::all_of(segment.begin(), segment.end(), is_key_character);
}

Result<void> make_directory(const fs::path& path) {
  std::error_code error;
  const bool made = fs::create_directories(path, error);
  if (error)
    return fail(Code::unavailable, "cannot make the directory " + path.string() + ": " + error.message());
  if (made) fs::permissions(path, fs::perms::owner_all, error);
  return {};
}

std::string errno_text() { return std::error_code(errno, std::generic_category()).message(); }

// Size of the file, once its bytes have reached the disk.
Result<std::uint64_t> sync_file(const fs::path& path) {
  const auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0)
    return fail(errno == ENOENT ? Code::not_found : Code::unavailable, "no staged file: " + errno_text());
  struct stat status{};
  const bool good = ::fdatasync(fd) == 0 && ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  const auto why = good ? std::string() : errno_text();
  ::close(fd);
  if (!good) return fail(Code::unavailable, "cannot save a staged file: " + why);
  return static_cast<std::uint64_t>(status.st_size);
}

// What was renamed into the directory, or made there, is found after a power cut.
Result<void> sync_directory(const fs::path& path) {
  const auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY);
  const bool good = fd >= 0 && ::fsync(fd) == 0;
  const auto why = good ? std::string() : errno_text();
  if (fd >= 0) ::close(fd);
  if (!good) return fail(Code::unavailable, "cannot save the directory " + path.string() + ": " + why);
  return {};
}

}  // namespace

bool is_object_key(std::string_view key) {
  if (key.empty() || key.size() > kKeyBytesMax) return false;
  for (;;) {
    const auto slash = std::min(key.find('/'), key.size());
    if (!is_segment(key.substr(0, slash))) return false;
    if (slash == key.size()) return true;
    key.remove_prefix(slash + 1);
  }
}

Result<std::unique_ptr<FileStore>> FileStore::open(const fs::path& directory) {
  if (auto made = make_directory(directory); !made) return fail(made.error());
  if (auto made = make_directory(directory / kStaging); !made) return fail(made.error());
  return std::unique_ptr<FileStore>(new FileStore(directory));
}

fs::path FileStore::staging_path(std::string_view name) const {
  std::string clean(name.substr(0, 255));
  std::replace_if(clean.begin(), clean.end(), [](char c) { return !is_key_character(c); }, '_');
  if (clean.empty() || clean.front() == '.') clean.insert(0, 1, '_');
  return directory_ / kStaging / clean;
}

Result<std::uint64_t> FileStore::put(const fs::path& staged, std::string_view key) const {
  if (!is_object_key(key)) return fail(Code::invalid, "not an object key");
  if (staged != staging_path(staged.filename().string()))
    return fail(Code::invalid, "not a path in the staging directory");
  auto bytes = sync_file(staged);
  if (!bytes) return bytes;
  const auto target = directory_ / key;
  if (auto made = make_directory(target.parent_path()); !made) return fail(made.error());
  std::error_code error;
  fs::rename(staged, target, error);
  if (error) return fail(Code::unavailable, "cannot move a recording into place: " + error.message());
  auto within = target.parent_path();
  for (auto levels = std::count(key.begin(), key.end(), '/'); levels >= 0; --levels) {
    if (auto kept = sync_directory(within); !kept) return fail(kept.error());
    within = within.parent_path();
  }
  if (auto kept = sync_directory(directory_ / kStaging); !kept) return fail(kept.error());
  return bytes;
}

Result<std::vector<fs::path>> FileStore::staged() const {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator it(directory_ / kStaging, error), end; !error && it != end; it.increment(error))
    found.push_back(it->path());
  if (error) return fail(Code::unavailable, "cannot list the staging directory: " + error.message());
  return found;
}

Result<void> FileStore::discard(const fs::path& staged) const {
  if (staged != staging_path(staged.filename().string()))
    return fail(Code::invalid, "not a path in the staging directory");
  std::error_code error;
  fs::remove(staged, error);
  if (error) return fail(Code::unavailable, "cannot remove a staged file: " + error.message());
  return {};
}

Result<StoredObject> FileStore::find(std::string_view key) const {
  if (!is_object_key(key)) return fail(Code::invalid, "not an object key");
  StoredObject object{.path = directory_ / key};
  struct stat status{};
  if (::lstat(object.path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(Code::not_found, "no such object");
  }
  object.bytes = static_cast<std::uint64_t>(status.st_size);
  return object;
}

Result<void> FileStore::remove(std::string_view key) const {
  if (!is_object_key(key)) return fail(Code::invalid, "not an object key");
  std::error_code error;
  fs::remove(directory_ / key, error);
  if (error) return fail(Code::unavailable, "cannot remove an object: " + error.message());
  return {};
}

Result<fs::path> directory_of_objects(std::string_view url) {
  static constexpr std::string_view kScheme = "file:";
  if (url.starts_with(kScheme) && url.size() > kScheme.size()) return fs::path(url.substr(kScheme.size()));
  return fail(Code::unsupported,
              "objects are kept in files only: give --objects file:PATH, not " + std::string(url));
}

Result<std::unique_ptr<FileStore>> open_objects(std::string_view url) {
  const auto directory = directory_of_objects(url);
  if (!directory) return fail(directory.error());
  return FileStore::open(*directory);
}

}  // namespace portico::objects
