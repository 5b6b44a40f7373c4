#pragma once
// Which media thread has a port. Any thread; held for a lookup only.

#include <mutex>
#include <optional>
#include <unordered_map>

#include "media/commands.h"

namespace portico::medianode {

class PortDirectory {
 public:
  bool add(media::PortId port, unsigned thread);  // false: the id is 0 or in use
  void remove(media::PortId port);
  std::optional<unsigned> thread_of(media::PortId port) const;
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<media::PortId, unsigned> threads_;
};

}  // namespace portico::medianode
