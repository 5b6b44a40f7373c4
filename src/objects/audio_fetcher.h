#pragma once
// Sounds of PlayAudio: fetched over HTTP, decoded on a worker, put where the media node finds them (bxml.md
// PlayAudio).
//
//   asked ─ fresh in the cache ────────────────────────────────▶ SoundReady
//     ├─ our own recording of that account ─ object store ─┐
//     └─ HTTP, up to 5 redirects ─ 200 ────────────────────┴─ decode ─ sink ─▶ SoundReady
//
// Those who ask for what is being fetched already wait for it; if the answer may not be kept, each fetches
// for itself. A failure that another fetch may not meet (timeout, unavailable) is not theirs: they wait for
// one more fetch together, once each, which has the longest of their timeouts. Any thread.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "async/workers.h"
#include "call/ports.h"
#include "http/client.h"
#include "objects/file_store.h"
#include "objects/sound_sink.h"

namespace portico::objects {

// Our own media URLs, which need no credentials and no HTTP.
struct OwnMedia {
  std::vector<std::string> base_urls;  // "https://voice.example.org/api/v2/accounts/"
  // The object key of a media URL that begins with one of them. Runs on a worker and may block. Errors:
  // not_found, also for a recording of another account.
  std::function<Result<std::string>(std::string_view account_id, std::string_view url)> object_key;
};

class AudioFetcher {
 public:
  // `store` and `sink` must outlive the client and the workers' last job, the client that job too.
  AudioFetcher(http::Client& client, async::Workers& workers, const FileStore& store, SoundSink& sink,
               OwnMedia own);
  ~AudioFetcher();

  // Answered by SoundReady. Errors: those of the fetch (unavailable, timeout, too_large, not_allowed, and
  // not_found for an answer with another status than 200 and 5xx), of decoding (unsupported, invalid,
  // too_large), busy, and cancelled at the end.
  void fetch(call::RequestId request, const call::AudioFetch& fetch, call::Sender answers);

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace portico::objects
