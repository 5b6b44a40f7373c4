#pragma once
// Which media thread has a port, and where its events go. Any thread; held for a lookup only.

#include <mutex>
#include <optional>
#include <unordered_map>

#include "media/commands.h"
#include "medianode/command_queue.h"

namespace portico::medianode {

class PortDirectory {
 public:
  struct Place {
    unsigned thread = 0;
    SharedSink events;
  };
  bool add(media::PortId port, Place place);  // false: the id is 0 or in use
  void remove(media::PortId port);
  std::optional<Place> place_of(media::PortId port) const;
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<media::PortId, Place> places_;
};

}  // namespace portico::medianode
