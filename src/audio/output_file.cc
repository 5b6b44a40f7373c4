#include "audio/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace portico::audio {
namespace {

Unexpected failed(const std::string& what, const std::string& path) {
  const int reason = errno;
  const auto code = reason == ENOSPC || reason == EDQUOT ? Code::busy : Code::unavailable;
  return fail(code, what + " " + path + ": " + std::generic_category().message(reason));
}

}  // namespace

Result<OutputFile> OutputFile::create(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return failed("cannot create", path);
  return OutputFile(fd, path);
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);
}
OutputFile::OutputFile(OutputFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), size_(other.size_), path_(std::move(other.path_)) {}
OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(size_, other.size_);
  std::swap(path_, other.path_);
  return *this;
}

Result<void> OutputFile::write_at(std::uint64_t offset, ByteView bytes) {
  while (!bytes.empty()) {
    const auto done = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return failed("cannot write", path_);
    bytes = bytes.subspan(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
  return {};
}

Result<void> OutputFile::append(ByteView bytes) {
  auto written = write_at(size_, bytes);
  if (written) size_ += bytes.size();
  return written;
}

Result<void> OutputFile::overwrite(std::uint64_t offset, ByteView bytes) { return write_at(offset, bytes); }

Result<void> OutputFile::close() {
  const int fd = std::exchange(fd_, -1);
  if (fd >= 0 && ::close(fd) != 0) return failed("cannot close", path_);
  return {};
}

}  // namespace portico::audio
