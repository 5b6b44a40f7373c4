#include "audio/wav_reader.h"

#include <algorithm>
#include <optional>
#include <string>

#include "audio/g711.h"
#include "base/limits.h"

namespace portico::audio {
namespace {

constexpr unsigned kRateMin = 1'000;
constexpr unsigned kRateMax = 192'000;
constexpr std::size_t kChunkHeaderBytes = 8;
constexpr std::size_t kFormatBytes = 16;
constexpr std::size_t kExtensibleBytes = 40;

enum class Coding : std::uint16_t { pcm = 1, alaw = 6, ulaw = 7, extensible = 0xFFFE };

struct Format {
  Coding coding = Coding::pcm;
  unsigned channels = 1;
  unsigned rate = 8'000;
  unsigned bits = 16;

  std::size_t sample_bytes() const { return coding == Coding::pcm ? 2 : 1; }
};

std::uint16_t u16(ByteView at) { return static_cast<std::uint16_t>(at[0] | at[1] << 8); }
std::uint32_t u32(ByteView at) { return u16(at) | static_cast<std::uint32_t>(u16(at.subspan(2))) << 16; }

Result<Format> read_format(ByteView body) {
  if (body.size() < kFormatBytes) return fail(Code::invalid, "the WAV file's fmt chunk is too short");
  Format out{.coding = static_cast<Coding>(u16(body)),
             .channels = u16(body.subspan(2)),
             .rate = u32(body.subspan(4)),
             .bits = u16(body.subspan(14))};
  if (out.coding == Coding::extensible) {
    if (body.size() < kExtensibleBytes) return fail(Code::invalid, "the WAV file's fmt chunk is too short");
    out.coding = static_cast<Coding>(u16(body.subspan(24)));  // first two bytes of the sub-format GUID
  }
  const bool known = (out.coding == Coding::pcm && out.bits == 16) ||
                     ((out.coding == Coding::alaw || out.coding == Coding::ulaw) && out.bits == 8);
  if (!known) return fail(Code::unsupported, "the WAV file is neither 16-bit PCM nor G.711 u-law or A-law");
  if (out.channels != 1 && out.channels != 2) {
    return fail(Code::unsupported,
                "the WAV file has " + std::to_string(out.channels) + " channels, not 1 or 2");
  }
  if (out.rate < kRateMin || out.rate > kRateMax) {
    return fail(Code::unsupported,
                "the WAV file's rate of " + std::to_string(out.rate) + " Hz is out of range");
  }
  return out;
}

std::int16_t sample_at(const Format& format, const std::uint8_t* at) {
  if (format.coding == Coding::ulaw) return linear_from_ulaw(*at);
  if (format.coding == Coding::alaw) return linear_from_alaw(*at);
  return static_cast<std::int16_t>(at[0] | at[1] << 8);
}

Result<Pcm> read_samples(const Format& format, ByteView data) {
  const std::size_t step = format.sample_bytes() * format.channels;
  const std::size_t count = data.size() / step;
  if (count > std::size_t{format.rate} * static_cast<std::size_t>(limits::kPromptLengthMax.count())) {
    return fail(Code::too_large, "the sound is longer than an hour");
  }
  Pcm out{.rate = format.rate, .samples = std::vector<std::int16_t>(count)};
  const std::uint8_t* at = data.data();
  for (auto& sample : out.samples) {
    const int left = sample_at(format, at);
    const int right = format.channels == 2 ? sample_at(format, at + format.sample_bytes()) : left;
    sample = static_cast<std::int16_t>((left + right) / 2);
    at += step;
  }
  return out;
}

}  // namespace

Result<Pcm> read_wav(ByteView bytes) {
  if (bytes.size() < 12 || as_text(bytes.first(4)) != "RIFF" || as_text(bytes.subspan(8, 4)) != "WAVE") {
    return fail(Code::invalid, "this is not a WAV file");
  }
  ByteView rest = bytes.subspan(12);
  std::optional<Format> format;
  while (rest.size() >= kChunkHeaderBytes) {
    const auto id = as_text(rest.first(4));
    const std::size_t told = u32(rest.subspan(4));
    rest = rest.subspan(kChunkHeaderBytes);
    const bool unfinished = id == "data" && told == 0;
    const auto body = rest.first(unfinished ? rest.size() : std::min(told, rest.size()));
    if (id == "data" && format) return read_samples(*format, body);
    if (id == "data") return fail(Code::invalid, "the WAV file's data comes before its format");
    if (id == "fmt ") {
      auto read = read_format(body);
      if (!read) return fail(read.error());
      format = *read;
    }
    rest = rest.subspan(
        std::min(rest.size(), body.size() + (body.size() & 1U)));  // chunks are padded to even length
  }
  return fail(Code::invalid, "the WAV file has no data chunk");
}

}  // namespace portico::audio
