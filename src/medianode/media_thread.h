#pragma once
// One media thread: waits for packets, commands and the next tick, and lets Legs do the rest.

#include <atomic>
#include <memory>

#include "medianode/command_queue.h"
#include "medianode/legs.h"

namespace portico::medianode {

class MediaThread {
 public:
  // What is referred to must outlive the thread. Errors: unavailable (descriptors).
  static Result<std::unique_ptr<MediaThread>> start(const LegsOptions& options, const PortRange& range,
                                                    media::SoundSource& sounds, RecordingWriter& recordings,
                                                    PortDirectory& directory);
  ~MediaThread();  // tells every leg, closes its sockets, joins

  bool push(Work work) { return queue().push(std::move(work)); }  // any thread
  std::size_t socket_pairs() const;                               // any thread

 private:
  struct State;
  explicit MediaThread(std::unique_ptr<State> state);
  CommandQueue& queue();
  std::unique_ptr<State> state_;
};

}  // namespace portico::medianode
