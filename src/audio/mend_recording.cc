#include "audio/mend_recording.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

#include "base/bytes.h"

namespace portico::audio {
namespace {

constexpr std::uint64_t kWavHeaderBytes = 44;
constexpr std::uint64_t kMp3HeaderBytes = 4;

// The file, open for reading and writing.
class Mended {
 public:
  explicit Mended(const std::string& path) : fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW)) {
    struct stat status{};
    if (fd_ < 0 || ::fstat(fd_, &status) != 0) {
      reason_ = errno;
    } else {
      size_ = static_cast<std::uint64_t>(status.st_size);
    }
  }
  ~Mended() {
    if (fd_ >= 0) ::close(fd_);
  }
  Mended(const Mended&) = delete;
  Mended& operator=(const Mended&) = delete;

  std::uint64_t size() const { return size_; }
  Result<void> opened() const { return reason_ == 0 ? Result<void>() : failed(reason_); }
  bool read(std::uint64_t offset, std::span<std::uint8_t> out) const {
    return ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset)) ==
           static_cast<ssize_t>(out.size());
  }
  Result<void> write(std::uint64_t offset, ByteView bytes) const {
    const auto done = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    return done == static_cast<ssize_t>(bytes.size()) ? Result<void>() : failed(errno);
  }
  Result<void> cut(std::uint64_t size) const {
    if (size == size_) return {};
    return ::ftruncate(fd_, static_cast<off_t>(size)) == 0 ? Result<void>() : failed(errno);
  }

 private:
  static Result<void> failed(int reason) {
    return fail(reason == ENOENT ? Code::not_found : Code::unavailable,
                "cannot mend a recording: " + std::generic_category().message(reason));
  }
  int fd_;
  int reason_ = 0;
  std::uint64_t size_ = 0;
};

std::uint32_t little_endian(ByteView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

std::array<std::uint8_t, 4> to_little_endian(std::uint64_t value) {
  std::array<std::uint8_t, 4> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * i));
  return out;
}

Unexpected empty() { return fail(Code::invalid, "the recording holds no sound"); }

// ISO/IEC 11172-3 and 13818-3, layer III at the rates that recordings have.
struct Mp3Frame {
  std::uint64_t bytes = 0;
  std::uint64_t samples = 0;
  unsigned rate = 0;
  std::uint32_t channels = 1;
};

std::optional<Mp3Frame> parse_frame(std::span<const std::uint8_t, kMp3HeaderBytes> header) {
  static constexpr std::array<unsigned, 16> kKilobits1{0,   32,  40,  48,  56,  64,  80,  96,
                                                       112, 128, 160, 192, 224, 256, 320, 0};
  static constexpr std::array<unsigned, 16> kKilobits2{0,  8,  16, 24,  32,  40,  48,  56,
                                                       64, 80, 96, 112, 128, 144, 160, 0};
  static constexpr std::array<unsigned, 4> kRates1{44'100, 48'000, 32'000, 0};
  const bool sync = header[0] == 0xFF && (header[1] & 0xE6U) == 0xE2U;  // and layer III
  const unsigned version = header[1] >> 3 & 3U;                         // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  if (!sync || version == 1) return std::nullopt;
  const unsigned kilobits = (version == 3 ? kKilobits1 : kKilobits2)[header[2] >> 4];
  const unsigned rate = kRates1[header[2] >> 2 & 3U] / (version == 3 ? 1 : version == 2 ? 2 : 4);
  if (kilobits == 0 || rate == 0) return std::nullopt;
  const unsigned samples = version == 3 ? 1'152 : 576;
  const unsigned padding = header[2] >> 1 & 1U;
  return Mp3Frame{.bytes = samples / 8 * kilobits * 1'000 / rate + padding,
                  .samples = samples,
                  .rate = rate,
                  .channels = header[3] >> 6 == 3 ? 1U : 2U};
}

}  // namespace

Result<RecordingLength> mend_wav(const std::string& path) {
  const Mended file(path);
  if (auto opened = file.opened(); !opened) return fail(opened.error());
  std::array<std::uint8_t, kWavHeaderBytes> header{};
  const std::span<std::uint8_t> all(header);
  const auto word = [&](std::size_t at, std::size_t bytes) { return little_endian(all.subspan(at, bytes)); };
  if (!file.read(0, header)) return empty();
  const std::string_view text(reinterpret_cast<const char*>(header.data()), header.size());
  const auto channels = word(22, 2);
  const auto rate = word(24, 4);
  const std::uint64_t frame = std::uint64_t{channels} * 2;
  if (!text.starts_with("RIFF") || text.substr(36, 4) != "data" || channels == 0 || rate == 0)
    return fail(Code::invalid, "not a recording of ours");
  const auto frames = (file.size() - kWavHeaderBytes) / frame;
  if (frames == 0) return empty();
  auto done = file.cut(kWavHeaderBytes + frames * frame);
  if (done) done = file.write(40, to_little_endian(frames * frame));
  if (done) done = file.write(4, to_little_endian(frames * frame + kWavHeaderBytes - 8));
  if (!done) return fail(done.error());
  return RecordingLength{.duration = Millis(static_cast<std::int64_t>(frames * 1'000 / rate)),
                         .channels = channels};
}

Result<RecordingLength> mend_mp3(const std::string& path) {
  const Mended file(path);
  if (auto opened = file.opened(); !opened) return fail(opened.error());
  std::uint64_t at = 0;
  std::uint64_t samples = 0;
  std::optional<Mp3Frame> first;
  for (std::array<std::uint8_t, kMp3HeaderBytes> header{}; file.read(at, header);) {
    const auto frame = parse_frame(header);
    if (!frame || at + frame->bytes > file.size()) break;
    if (!first) first = frame;
    at += frame->bytes;
    samples += frame->samples;
  }
  if (!first) return empty();
  if (auto done = file.cut(at); !done) return fail(done.error());
  return RecordingLength{.duration = Millis(static_cast<std::int64_t>(samples * 1'000 / first->rate)),
                         .channels = first->channels};
}

}  // namespace portico::audio
