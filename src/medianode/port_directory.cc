#include "medianode/port_directory.h"

#include <utility>

namespace portico::medianode {

bool PortDirectory::add(media::PortId port, Place place) {
  if (port == 0) return false;
  const std::lock_guard lock(mutex_);
  return places_.emplace(port, std::move(place)).second;
}

void PortDirectory::remove(media::PortId port) {
  const std::lock_guard lock(mutex_);
  places_.erase(port);
}

std::optional<PortDirectory::Place> PortDirectory::place_of(media::PortId port) const {
  const std::lock_guard lock(mutex_);
  const auto it = places_.find(port);
  if (it == places_.end()) return std::nullopt;
  return it->second;
}

std::size_t PortDirectory::size() const {
  const std::lock_guard lock(mutex_);
  return places_.size();
}

}  // namespace portico::medianode
