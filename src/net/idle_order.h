#pragma once
// Which connection goes when there is no room for another: one that has said nothing yet before one that has,
// and of each kind the one that has been silent longest. Owner thread only.

#include <cstdint>
#include <list>
#include <optional>

namespace portico::net {

class IdleOrder {
 public:
  using Id = std::uint64_t;
  struct Place {
    std::optional<std::list<Id>::iterator> at;
    bool has_spoken = false;
  };

  // It came, or its call ended; or it said something.
  void put(Id id, Place& place, bool has_spoken) {
    auto& from = list(place);
    place.has_spoken = place.has_spoken || has_spoken;
    auto& to = list(place);
    if (place.at) return to.splice(to.end(), from, *place.at);
    place.at = to.insert(to.end(), id);
  }
  // It ended, or carries a call: it stays.
  void remove(Place& place) {
    if (place.at) list(place).erase(*place.at);
    place.at.reset();
  }
  std::optional<Id> first() const {
    const auto& one = silent_.empty() ? spoken_ : silent_;
    return one.empty() ? std::nullopt : std::optional(one.front());
  }

 private:
  std::list<Id>& list(const Place& place) { return place.has_spoken ? spoken_ : silent_; }

  std::list<Id> silent_;
  std::list<Id> spoken_;
};

}  // namespace portico::net
