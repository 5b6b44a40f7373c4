#include "http/answer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "base/log.h"
#include "http/range.h"
#include "http/status.h"

namespace portico::http {
namespace {

bool is_ours(std::string_view name) {
  return equal_names(name, "Content-Length") || equal_names(name, "Connection") ||
         equal_names(name, "Date") || equal_names(name, "Transfer-Encoding") || equal_names(name, "Server");
}

bool has_line_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos;
}

// RFC 9110 section 5.6.7.
std::string http_date() {
  const auto now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[64];
  const auto size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text, size};
}

std::string write_head(const Response& response, std::uint64_t length, bool keep_alive) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head += reason_phrase(response.status);
  head += "\r\nDate: " + http_date() + "\r\nServer: Portico\r\nX-Content-Type-Options: nosniff\r\n";
  for (const auto& [name, value] : response.headers) {
    if (is_ours(name) || has_line_break(name) || has_line_break(value)) continue;
    head.append(name).append(": ").append(value).append("\r\n");
  }
  const bool bodiless = response.status == 204 || response.status == 304 || response.status < 200;
  if (!bodiless) head += "Content-Length: " + std::to_string(length) + "\r\n";
  head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

struct Opened {
  int fd = -1;
  std::uint64_t size = 0;
};

Opened open_file(const std::filesystem::path& path) {
  Opened opened{.fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (opened.fd < 0) return opened;
  struct stat status{};
  if (::fstat(opened.fd, &status) == 0 && S_ISREG(status.st_mode)) {
    opened.size = static_cast<std::uint64_t>(status.st_size);
    return opened;
  }
  ::close(opened.fd);
  return {};
}

Answer make_file_answer(Response response, const AnswerTo& to) {
  const auto opened = open_file(response.file->path);
  if (opened.fd < 0) {
    auto missing = plain_error({}, 404, "The file is not there any more");
    return make_answer(std::move(missing), to);
  }
  ByteRange range;
  const auto verdict =
      choose_range(response.status == 200 ? std::string_view(to.range) : "", opened.size, range);
  response.headers.set("Accept-Ranges", "bytes");
  const auto size = std::to_string(opened.size);
  if (verdict == RangeVerdict::unsatisfiable) {
    ::close(opened.fd);
    auto refusal = plain_error({}, 416, "The range lies outside of the file");
    refusal.headers.set("Content-Range", "bytes */" + size);
    return make_answer(std::move(refusal), to);
  }
  if (verdict == RangeVerdict::partial) {
    response.status = 206;
    response.headers.set("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                              std::to_string(range.first + range.length - 1) + "/" + size);
  }
  Answer answer{.head = write_head(response, range.length, to.keep_alive), .keep_alive = to.keep_alive};
  const auto sent = to.head_only ? 0 : range.length;
  answer.file = std::make_unique<OpenFile>(opened.fd, range.first, sent);
  return answer;
}

}  // namespace

OpenFile::~OpenFile() { ::close(fd_); }

Result<std::string> OpenFile::read() {
  std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(left_, kPieceBytes)), '\0');
  ssize_t got = -1;
  do {
    got = ::pread(fd_, piece.data(), piece.size(), static_cast<off_t>(next_));
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return fail(Code::unavailable, "a file that is being sent cannot be read");
  piece.resize(static_cast<std::size_t>(got));
  next_ += static_cast<std::uint64_t>(got);
  left_ -= static_cast<std::uint64_t>(got);
  return piece;
}

Answer make_answer(Response response, const AnswerTo& to) {
  if (response.file) return make_file_answer(std::move(response), to);
  Answer answer{.head = write_head(response, response.body.size(), to.keep_alive),
                .keep_alive = to.keep_alive};
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!to.head_only && !bodiless) answer.body = std::move(response.body);
  return answer;
}

}  // namespace portico::http
