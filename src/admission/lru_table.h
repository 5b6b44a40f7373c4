#pragma once
// A hash table of fixed room: a new key beyond it takes the place of the one that was touched longest ago.
// Nodes are reused, so a full table no longer allocates.

#include <cstddef>
#include <functional>
#include <list>
#include <unordered_map>
#include <utility>

namespace portico::admission {

template <typename Key, typename Value, typename Hash = std::hash<Key>>
class LruTable {
 public:
  explicit LruTable(std::size_t room) : room_(room == 0 ? 1 : room) {}

  std::size_t size() const { return index_.size(); }

  const Value* peek(const Key& key) const {
    auto found = index_.find(key);
    return found == index_.end() ? nullptr : &found->second->second;
  }

  // The value of `key`, now the most recently touched; default-made if it is new.
  Value& touch(const Key& key) {
    if (auto found = index_.find(key); found != index_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      return found->second->second;
    }
    if (index_.size() >= room_) return replace_oldest(key);
    Order made;  // apart until the index has it: an entry that is not there could not be replaced
    made.emplace_front(key, Value{});
    index_.emplace(key, made.begin());
    order_.splice(order_.begin(), made);
    return order_.front().second;
  }

 private:
  using Order = std::list<std::pair<Key, Value>>;

  Value& replace_oldest(const Key& key) {
    auto node = index_.extract(order_.back().first);
    order_.splice(order_.begin(), order_, std::prev(order_.end()));
    order_.front() = {key, Value{}};
    node.key() = key;
    node.mapped() = order_.begin();
    index_.insert(std::move(node));
    return order_.front().second;
  }

  std::size_t room_;
  Order order_;  // most recently touched first
  std::unordered_map<Key, typename Order::iterator, Hash> index_;
};

}  // namespace portico::admission
