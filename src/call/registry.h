#pragma once
// The calls of this process by id, for whoever wants to reach one: the Voice API, drain. Any thread.

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "call/events.h"

namespace portico::call {

class Registry {
 public:
  void add(const std::string& call_id, std::string account_id, Sender sender);
  void remove(const std::string& call_id);
  // False: no such call here.
  bool post(const std::string& call_id, Event event) const;
  // The inbox of a call of this account; nothing when there is none here.
  std::optional<Sender> find(std::string_view account_id, const std::string& call_id) const;
  void post_to_all(const Event& event) const;
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  struct Entry {
    std::string account_id;
    Sender sender;
  };
  std::unordered_map<std::string, Entry> calls_;
};

}  // namespace portico::call
