#include "audio/decode_audio.h"

#include <algorithm>
#include <array>
#include <string>

#include "audio/mp3_reader.h"
#include "audio/wav_reader.h"
#include "base/limits.h"

namespace portico::audio {
namespace {

constexpr std::array<std::string_view, 2> kWavTypes{"audio/wav", "audio/x-wav"};
constexpr std::array<std::string_view, 3> kMp3Types{"audio/mpeg", "audio/mpeg3", "audio/mp3"};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

// "Audio/MPEG ; q=1" -> "audio/mpeg"
std::string essence(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  const auto first = content_type.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return lower(content_type.substr(first, content_type.find_last_not_of(" \t") - first + 1));
}

bool is_mp3(std::string_view content_type, std::string_view path) {
  const auto type = essence(content_type);
  if (std::find(kWavTypes.begin(), kWavTypes.end(), type) != kWavTypes.end()) return false;
  if (std::find(kMp3Types.begin(), kMp3Types.end(), type) != kMp3Types.end()) return true;
  return lower(path.substr(0, path.find_first_of("?#"))).ends_with(".mp3");
}

}  // namespace

Result<Pcm> decode_audio(ByteView bytes, std::string_view content_type, std::string_view path) {
  if (bytes.size() > limits::kPromptBytesMax) return fail(Code::too_large, "the sound is larger than 250 MB");
  return is_mp3(content_type, path) ? read_mp3(bytes) : read_wav(bytes);
}

}  // namespace portico::audio
