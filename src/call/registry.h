#pragma once
// The calls of this process by id, for whoever wants to reach one: the Voice API, drain. Any thread.

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "call/events.h"

namespace portico::call {

class Registry {
 public:
  void add(const std::string& call_id, Sender sender);
  void remove(const std::string& call_id);
  // False: no such call here.
  bool post(const std::string& call_id, Event event) const;
  void post_to_all(const Event& event) const;
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Sender> calls_;
};

}  // namespace portico::call
