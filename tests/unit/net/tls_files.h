#pragma once
// For tests: a directory of its own, gone at the end, and certificates in it.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "net/self_signed.h"

namespace portico::net {

class TempDirectory {
 public:
  TempDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "portico-net-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TempDirectory() { std::filesystem::remove_all(path_); }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline TlsFiles make_identity(const TempDirectory& directory, const std::string& name) {
  auto files = ensure_self_signed(directory.path(), {.dns = {name}, .ips = {*parse_ip("127.0.0.1")}});
  EXPECT_TRUE(files.has_value()) << files.error().what;
  return *files;
}

}  // namespace portico::net
