#include "portico/data_directory.h"

#include <filesystem>

namespace portico::app {

Result<void> make_data_directory(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const bool made = fs::create_directories(path, error);
  if (error) return fail(Code::unavailable, "--data " + path + " cannot be made: " + error.message());
  if (made) fs::permissions(path, fs::perms::owner_all, error);
  if (error) return fail(Code::unavailable, "--data " + path + " cannot be made private: " + error.message());
  return {};
}

}  // namespace portico::app
