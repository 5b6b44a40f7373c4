#include <lame/lame.h>

#include <algorithm>

#include "audio/file_writer.h"
#include "audio/output_file.h"

// Constant bit rate, so that a file cut off anywhere still plays and tells its length.

namespace portico::audio {
namespace {

constexpr int kQuality = 5;                  // lame's scale, 0 best and slowest, 9 worst
constexpr std::size_t kBlockFrames = 8'192;  // samples a channel, a turn
constexpr std::size_t kEncodedBytesMax = kBlockFrames * 5 / 4 + 7'200;  // lame.h

struct Close {
  void operator()(lame_global_flags* lame) const { lame_close(lame); }
};
using Lame = std::unique_ptr<lame_global_flags, Close>;

constexpr int kilobits(unsigned rate, unsigned channels) {
  return (rate <= 8'000 ? 24 : 32) * static_cast<int>(channels);
}

class Mp3Writer : public FileWriter {
 public:
  Mp3Writer(OutputFile file, Lame lame, unsigned channels)
      : file_(std::move(file)), lame_(std::move(lame)), channels_(channels) {}

  Result<void> write(Samples interleaved) override {
    while (!interleaved.empty()) {
      const auto block = interleaved.first(std::min(interleaved.size(), kBlockFrames * channels_));
      interleaved = interleaved.subspan(block.size());
      auto written = encode(block);
      if (!written) return written;
    }
    return {};
  }

  Result<void> close() override {
    const int bytes = lame_encode_flush(lame_.get(), encoded_.data(), static_cast<int>(encoded_.size()));
    auto written = append(bytes);
    auto closed = file_.close();
    return written ? closed : written;
  }

 private:
  Result<void> encode(Samples block) {
    const int frames = static_cast<int>(block.size() / channels_);
    const int room = static_cast<int>(encoded_.size());
    auto* samples = const_cast<std::int16_t*>(block.data());  // lame does not write to it
    if (channels_ == 2)
      return append(lame_encode_buffer_interleaved(lame_.get(), samples, frames, encoded_.data(), room));
    return append(lame_encode_buffer(lame_.get(), samples, samples, frames, encoded_.data(), room));
  }
  Result<void> append(int bytes) {
    if (bytes < 0) return fail(Code::internal, "the MP3 encoder failed with " + std::to_string(bytes));
    return file_.append(ByteView(encoded_).first(static_cast<std::size_t>(bytes)));
  }

  OutputFile file_;
  Lame lame_;
  unsigned channels_;
  Bytes encoded_ = Bytes(kEncodedBytesMax);
};

Lame open_encoder(unsigned rate, unsigned channels) {
  Lame lame(lame_init());
  if (!lame) return nullptr;
  lame_set_in_samplerate(lame.get(), static_cast<int>(rate));
  lame_set_out_samplerate(lame.get(), static_cast<int>(rate));
  lame_set_num_channels(lame.get(), static_cast<int>(channels));
  lame_set_mode(lame.get(), channels == 2 ? STEREO : MONO);
  lame_set_brate(lame.get(), kilobits(rate, channels));
  lame_set_quality(lame.get(), kQuality);
  lame_set_bWriteVbrTag(lame.get(), 0);
  return lame_init_params(lame.get()) < 0 ? nullptr : std::move(lame);
}

}  // namespace

Result<std::unique_ptr<FileWriter>> open_mp3_writer(const std::string& path, unsigned rate,
                                                    unsigned channels) {
  auto lame = open_encoder(rate, channels);
  if (!lame) return fail(Code::unsupported, "no MP3 at " + std::to_string(rate) + " Hz");
  auto file = OutputFile::create(path);
  if (!file) return fail(file.error());
  return std::make_unique<Mp3Writer>(std::move(*file), std::move(lame), channels);
}

}  // namespace portico::audio
