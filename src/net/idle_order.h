#pragma once
// Which connection goes when there is no room for another. Of the source that has most, where one has many: a
// few addresses can hold all there are. Else of all alike. There, where as many have said nothing as have
// spoken, the one that has waited longest to say something goes, else the one that spoke longest ago: neither
// those who only connect nor those who say a word now and then can keep a newcomer from its first message.
// Owner thread only.

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/address.h"

namespace portico::net {

class IdleOrder {
 public:
  using Id = std::uint64_t;
  struct Place {
    IpAddress source{};
    bool has_spoken = false;
    std::optional<std::pair<std::list<Id>::iterator, std::list<Id>::iterator>> at{};  // of all, of its source
  };

  // It came, or its call ended; or it said something.
  void put(Id id, Place& place, bool has_spoken) {
    remove(place);
    place.has_spoken = place.has_spoken || has_spoken;
    auto& of_source = sources_[place.source];
    if (of_source.size() > 0) by_size_.erase({of_source.size(), place.source});
    place.at.emplace(all_.add(id, place.has_spoken), of_source.add(id, place.has_spoken));
    by_size_.emplace(of_source.size(), place.source);
  }
  // It ended, or carries a call: it stays.
  void remove(Place& place) {
    if (!place.at) return;
    const auto it = sources_.find(place.source);
    auto& of_source = it->second;
    by_size_.erase({of_source.size(), place.source});
    all_.line(place.has_spoken).erase(place.at->first);
    of_source.line(place.has_spoken).erase(place.at->second);
    place.at.reset();
    if (of_source.size() == 0)
      sources_.erase(it);
    else
      by_size_.emplace(of_source.size(), place.source);
  }
  std::optional<Id> first() const {
    if (by_size_.empty()) return std::nullopt;
    const auto& [size, source] = *by_size_.rbegin();
    return size > kFew ? sources_.at(source).first() : all_.first();
  }

 private:
  static constexpr std::size_t kFew = 8;

  struct Lines {
    std::list<Id>& line(bool has_spoken) { return has_spoken ? spoken : silent; }
    std::list<Id>::iterator add(Id id, bool has_spoken) {
      auto& to = line(has_spoken);
      return to.insert(to.end(), id);
    }
    std::size_t size() const { return silent.size() + spoken.size(); }
    Id first() const { return silent.size() >= spoken.size() ? silent.front() : spoken.front(); }

    std::list<Id> silent;
    std::list<Id> spoken;
  };

  Lines all_;
  std::unordered_map<IpAddress, Lines> sources_;  // none of them empty
  std::set<std::pair<std::size_t, IpAddress>> by_size_;
};

}  // namespace portico::net
