#pragma once
// espeak-ng, one process an utterance: SSML on its stdin, WAV on its stdout.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/limits.h"
#include "speech/engine.h"

namespace portico::speech {

struct EspeakOptions {
  std::string program = "espeak-ng";
  std::chrono::milliseconds time = limits::kSpeechEngineMax;
  std::size_t output_bytes_max = limits::kSpeechBytesMax;
};

class Espeak final : public Engine {
 public:
  explicit Espeak(EspeakOptions options = {});
  ~Espeak() override;

  Result<std::string> voice_for(const std::string& name, const std::string& locale,
                                const std::string& gender) const override;
  // A process that dies in the middle of a sentence is started once more.
  Result<std::string> synthesize(const Text& text) override;
  void stop() override;

  std::uint64_t processes_started() const { return started_.load(); }

 private:
  Result<std::string> attempt(const Text& text);

  EspeakOptions options_;
  int stop_fd_ = -1;
  std::atomic<std::uint64_t> started_{0};
};

}  // namespace portico::speech
