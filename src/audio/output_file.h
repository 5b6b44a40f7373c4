#pragma once
// A file being written, with errors as values. One owner.

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace portico::audio {

class OutputFile {
 public:
  static Result<OutputFile> create(const std::string& path);  // mode 0600; truncates
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;

  Result<void> append(ByteView bytes);
  Result<void> overwrite(std::uint64_t offset, ByteView bytes);
  Result<void> close();

 private:
  OutputFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  Result<void> write_at(std::uint64_t offset, ByteView bytes);

  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::string path_;
};

}  // namespace portico::audio
