#include "medianode/port_directory.h"

namespace portico::medianode {

bool PortDirectory::add(media::PortId port, unsigned thread) {
  if (port == 0) return false;
  const std::lock_guard lock(mutex_);
  return threads_.emplace(port, thread).second;
}

void PortDirectory::remove(media::PortId port) {
  const std::lock_guard lock(mutex_);
  threads_.erase(port);
}

std::optional<unsigned> PortDirectory::thread_of(media::PortId port) const {
  const std::lock_guard lock(mutex_);
  const auto it = threads_.find(port);
  if (it == threads_.end()) return std::nullopt;
  return it->second;
}

std::size_t PortDirectory::size() const {
  const std::lock_guard lock(mutex_);
  return threads_.size();
}

}  // namespace portico::medianode
