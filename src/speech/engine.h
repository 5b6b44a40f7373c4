#pragma once
// What turns text into sound. Engines run outside of this process; a crash or a stall is theirs alone.

#include <string>

#include "audio/pcm.h"
#include "base/result.h"

namespace portico::speech {

struct Text {
  std::string voice;  // in the engine's own naming
  std::string ssml;   // sanitised, see ssml_text.h; no root element
};

class Engine {
 public:
  virtual ~Engine() = default;
  virtual Result<std::string> voice_for(const std::string& name, const std::string& locale,
                                        const std::string& gender) const = 0;  // unsupported
  // A WAV file. Blocks until it is there. Errors: timeout, too_large, unavailable (the engine failed),
  // cancelled.
  virtual Result<std::string> synthesize(const Text& text) = 0;
  // Ends what runs, as `cancelled`, and refuses more. Any thread.
  virtual void stop() = 0;
};

}  // namespace portico::speech
