#pragma once
// A file's bytes without reading it into memory. The file must not be cut while it is mapped.

#include <filesystem>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"

namespace portico::objects {

class MappedFile {
 public:
  static Result<MappedFile> open(const std::filesystem::path& path);  // not_found, unavailable
  MappedFile(MappedFile&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  ByteView bytes() const { return {data_, size_}; }

 private:
  MappedFile(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  const std::uint8_t* data_;
  std::size_t size_;
};

}  // namespace portico::objects
