#pragma once
// What others want of a media thread: bounded, never blocking the asker for longer than a swap, with an
// eventfd that becomes readable when something waits.

#include <memory>
#include <mutex>
#include <variant>
#include <vector>

#include "base/limits.h"
#include "media/commands.h"
#include "medianode/media_node.h"

namespace portico::medianode {

using SharedSink = std::shared_ptr<const EventSink>;

struct Opening {
  PortRequest request;
  SharedSink events;
};
using Work = std::variant<Opening, media::Command>;

class CommandQueue {
 public:
  explicit CommandQueue(std::size_t waiting_max = limits::kMediaCommandsMax);
  ~CommandQueue();
  CommandQueue(const CommandQueue&) = delete;
  CommandQueue& operator=(const CommandQueue&) = delete;

  // Any thread. False when the queue is full; a Close is always taken, as there are no more of them than
  // ports.
  bool push(Work work);
  void wake();  // makes fd() readable
  void hush();  // the owner: fd() is not readable until something is pushed to an empty queue
  // The owner: empties the queue into `out`, whose former content goes. fd() is not readable afterwards.
  void take(std::vector<Work>& out);
  int fd() const { return fd_; }

 private:
  const std::size_t waiting_max_;
  int fd_;
  std::mutex mutex_;
  std::vector<Work> waiting_;
};

}  // namespace portico::medianode
