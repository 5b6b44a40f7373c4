#pragma once
// Where sounds go once they are samples: the media node's cache, seen from here. portico/ joins the two.

#include <string>

#include "audio/pcm.h"
#include "base/result.h"

namespace portico::objects {

class SoundSink {
 public:
  virtual ~SoundSink() = default;
  // Any thread. One key always means the same samples. Errors: too_large, busy.
  virtual Result<void> put(const std::string& key, audio::Pcm sound) = 0;
  // True when the sound is still there; keeps it from being thrown out soon.
  virtual bool has(const std::string& key) = 0;
};

}  // namespace portico::objects
