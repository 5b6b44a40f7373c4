#include "audio/mp3_reader.h"

#include <mpg123.h>

#include <algorithm>
#include <memory>

#include "base/limits.h"

namespace portico::audio {
namespace {

constexpr std::size_t kBlockSamples = 16'384;

struct Destroy {
  void operator()(mpg123_handle* handle) const { mpg123_delete(handle); }
};
using Handle = std::unique_ptr<mpg123_handle, Destroy>;

Handle open_decoder() {
  static const int ready = mpg123_init();
  if (ready != MPG123_OK) return nullptr;
  Handle handle(mpg123_new(nullptr, nullptr));
  if (!handle) return nullptr;
  const long flags = MPG123_MONO_MIX | MPG123_QUIET | MPG123_GAPLESS | MPG123_SKIP_ID3V2;
  mpg123_param(handle.get(), MPG123_FLAGS, flags, 0);
  // Tags, covers and padding behind the sound, or a damaged stretch in it, are passed over, however long.
  mpg123_param(handle.get(), MPG123_RESYNC_LIMIT, -1, 0);
  mpg123_format_none(handle.get());
  const long* rates = nullptr;
  std::size_t count = 0;
  mpg123_rates(&rates, &count);
  for (std::size_t i = 0; i < count; ++i) {
    mpg123_format(handle.get(), rates[i], MPG123_MONO, MPG123_ENC_SIGNED_16);
  }
  if (mpg123_open_feed(handle.get()) != MPG123_OK) return nullptr;
  return handle;
}

// Takes all that the decoder has ready.
Result<void> take(mpg123_handle* handle, Pcm& out) {
  while (true) {
    const auto before = out.samples.size();
    out.samples.resize(before + kBlockSamples);
    std::size_t bytes = 0;
    const int state = mpg123_read(handle, out.samples.data() + before, kBlockSamples * 2, &bytes);
    out.samples.resize(before + bytes / 2);
    if (state == MPG123_NEW_FORMAT) {
      long rate = 0;
      int channels = 0;
      int encoding = 0;
      mpg123_getformat(handle, &rate, &channels, &encoding);
      if (out.rate != 0 && out.rate != static_cast<unsigned>(rate)) {
        return fail(Code::unsupported, "the MP3 file changes its rate midway");
      }
      out.rate = static_cast<unsigned>(rate);
      continue;
    }
    if (state == MPG123_NEED_MORE || state == MPG123_DONE) return {};
    if (state != MPG123_OK) return fail(Code::invalid, "this is not an MP3 file, or it is damaged");
    const auto longest = std::size_t{out.rate} * static_cast<std::size_t>(limits::kPromptLengthMax.count());
    if (out.samples.size() > longest) return fail(Code::too_large, "the sound is longer than an hour");
  }
}

}  // namespace

Result<Pcm> read_mp3(ByteView bytes, std::size_t piece) {
  const auto handle = open_decoder();
  if (!handle) return fail(Code::internal, "no MP3 decoder");
  Pcm out{.rate = 0, .samples = {}};
  while (!bytes.empty()) {
    const auto fed = bytes.first(std::min(bytes.size(), piece));
    bytes = bytes.subspan(fed.size());
    if (mpg123_feed(handle.get(), fed.data(), fed.size()) != MPG123_OK) {
      return fail(Code::invalid, "this is not an MP3 file, or it is damaged");
    }
    auto taken = take(handle.get(), out);
    if (!taken) return fail(taken.error());
  }
  if (out.rate == 0 || out.samples.empty()) return fail(Code::invalid, "this is not an MP3 file");
  return out;
}

}  // namespace portico::audio
