#include "speech/espeak.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstring>

#include "base/counters.h"
#include "base/log.h"
#include "speech/child_process.h"
#include "speech/espeak_ssml.h"
#include "speech/espeak_voice.h"
#include "speech/ssml_text.h"

namespace portico::speech {
namespace {

constexpr std::size_t kWavHeaderBytes = 44;

void put_u32(std::string& bytes, std::size_t at, std::size_t value) {
  for (std::size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i) & 0xFF);
}

// Writing to a pipe, espeak-ng cannot know the lengths and puts placeholders in the header.
bool mend_header(std::string& wav) {
  if (wav.size() <= kWavHeaderBytes || wav.compare(0, 4, "RIFF") != 0 || wav.compare(36, 4, "data") != 0)
    return false;
  put_u32(wav, 4, wav.size() - 8);
  put_u32(wav, 40, wav.size() - kWavHeaderBytes);
  return true;
}

}  // namespace

Espeak::Espeak(EspeakOptions options)
    : options_(std::move(options)), stop_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Espeak::~Espeak() {
  if (stop_fd_ >= 0) ::close(stop_fd_);
}

void Espeak::stop() { static_cast<void>(::eventfd_write(stop_fd_, 1)); }

Result<std::string> Espeak::voice_for(const std::string& name, const std::string& locale,
                                      const std::string& gender) const {
  return espeak_voice(name, locale, gender);
}

Result<std::string> Espeak::attempt(const Text& text) {
  static auto& processes = counter("portico_speech_processes_total", "Speech engine processes started");
  ++started_;
  processes.add();
  // -m: SSML. The root element makes a text that begins with plain words one document too.
  const auto input = "<speak>" + espeak_ssml(sanitise_ssml(text.ssml), text.voice) + "</speak>";
  auto end = run_process({options_.program, "-v", text.voice, "-m", "--stdin", "--stdout"}, input,
                         {.time = options_.time, .output_bytes_max = options_.output_bytes_max}, stop_fd_);
  if (!end) return fail(end.error());
  if (!end->good()) {
    const auto how = end->signal != 0 ? "was ended by signal " + std::to_string(end->signal)
                                      : "ended with status " + std::to_string(end->exit_status);
    return fail(Code::unavailable, options_.program + " " + how);
  }
  if (!mend_header(end->output)) return fail(Code::unavailable, options_.program + " gave no sound");
  return std::move(end->output);
}

Result<std::string> Espeak::synthesize(const Text& text) {
  static auto& died = counter("portico_speech_engine_failures_total", "Speech engine processes that failed");
  const auto counted = [&] {
    auto made = attempt(text);
    if (!made && made.error().code != Code::cancelled) died.add();
    return made;
  };
  auto first = counted();
  if (first || first.error().code != Code::unavailable) return first;
  log::warn("a speech engine failed, trying once more", {{"what", first.error().what}});
  return counted();
}

}  // namespace portico::speech
