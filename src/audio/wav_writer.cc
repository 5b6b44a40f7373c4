#include <algorithm>
#include <array>
#include <bit>

#include "audio/file_writer.h"
#include "audio/output_file.h"

// PCM 16-bit. The two lengths in the header are brought up to date after each write, data first, so that the
// file is whole at any moment.

namespace portico::audio {
namespace {

static_assert(std::endian::native == std::endian::little, "samples are written as they lie in memory");

constexpr std::size_t kHeaderBytes = 44;
constexpr std::uint64_t kRiffSizeAt = 4;
constexpr std::uint64_t kDataSizeAt = 40;
constexpr std::uint64_t kDataBytesMax = 0xFFFF'FFFFULL - kHeaderBytes;  // 32-bit lengths

void put(std::span<std::uint8_t> out, std::uint32_t value) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::array<std::uint8_t, kHeaderBytes> make_header(unsigned rate, unsigned channels) {
  std::array<std::uint8_t, kHeaderBytes> out{};
  const std::span<std::uint8_t> all(out);
  const auto text = [&](std::size_t at, std::string_view word) {
    std::copy(word.begin(), word.end(), all.begin() + static_cast<std::ptrdiff_t>(at));
  };
  text(0, "RIFF");
  put(all.subspan(4, 4), kHeaderBytes - 8);
  text(8, "WAVEfmt ");
  put(all.subspan(16, 4), 16);
  put(all.subspan(20, 2), 1);  // PCM
  put(all.subspan(22, 2), channels);
  put(all.subspan(24, 4), rate);
  put(all.subspan(28, 4), rate * channels * 2);
  put(all.subspan(32, 2), channels * 2);
  put(all.subspan(34, 2), 16);
  text(36, "data");
  return out;
}

class WavWriter : public FileWriter {
 public:
  explicit WavWriter(OutputFile file) : file_(std::move(file)) {}

  Result<void> write(Samples interleaved) override {
    const auto bytes = interleaved.size_bytes();
    if (data_bytes_ + bytes > kDataBytesMax)
      return fail(Code::too_large, "a WAV file cannot grow beyond 4 GB");
    auto written = file_.append({reinterpret_cast<const std::uint8_t*>(interleaved.data()), bytes});
    if (!written) return written;
    data_bytes_ += bytes;
    return write_lengths();
  }
  Result<void> close() override { return file_.close(); }

 private:
  Result<void> write_lengths() {
    std::array<std::uint8_t, 4> length{};
    put(length, static_cast<std::uint32_t>(data_bytes_));
    auto written = file_.overwrite(kDataSizeAt, length);
    if (!written) return written;
    put(length, static_cast<std::uint32_t>(data_bytes_ + kHeaderBytes - 8));
    return file_.overwrite(kRiffSizeAt, length);
  }

  OutputFile file_;
  std::uint64_t data_bytes_ = 0;
};

}  // namespace

Result<std::unique_ptr<FileWriter>> open_wav_writer(const std::string& path, unsigned rate,
                                                    unsigned channels) {
  auto file = OutputFile::create(path);
  if (!file) return fail(file.error());
  auto written = file->append(make_header(rate, channels));
  if (!written) return fail(written.error());
  return std::make_unique<WavWriter>(std::move(*file));
}

}  // namespace portico::audio
