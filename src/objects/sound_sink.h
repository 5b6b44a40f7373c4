#pragma once
// Where sounds go once they are samples: the media node's cache, seen from here. portico/ joins the two.

#include <string>

#include "audio/pcm.h"
#include "base/result.h"
#include "call/events.h"

namespace portico::objects {

class SoundSink {
 public:
  virtual ~SoundSink() = default;
  // Any thread. One key always means the same samples. The sound stays while what is returned is held, on
  // the account's share. Errors: too_large, busy.
  virtual Result<call::SoundHold> put(const std::string& account_id, const std::string& key,
                                      audio::Pcm sound) = 0;
  // Errors: not_found (any more), busy.
  virtual Result<call::SoundHold> hold(const std::string& account_id, const std::string& key) = 0;
};

}  // namespace portico::objects
