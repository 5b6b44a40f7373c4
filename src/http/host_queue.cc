#include "http/host_queue.h"

#include <utility>

namespace portico::http {

void HostQueue::add(const std::string& host, const std::string& asker, std::uint64_t id) {
  const auto line = lines_.try_emplace(host).first;
  line->second.waiting[asker].insert(id);
  settle(line);
}

std::optional<std::uint64_t> HostQueue::next() {
  if (turns_.empty() || running_ >= total_max_) return std::nullopt;
  const auto line = lines_.find(turns_.begin()->second);
  turns_.erase(std::exchange(line->second.turn, 0));
  auto& waiting = line->second.waiting;
  auto asker = waiting.upper_bound(line->second.last);
  if (asker == waiting.end()) asker = waiting.begin();
  line->second.last = asker->first;
  const auto id = asker->second.extract(asker->second.begin()).value();
  if (asker->second.empty()) waiting.erase(asker);
  ++line->second.running;
  ++running_;
  settle(line);
  return id;
}

void HostQueue::remove(const std::string& host, const std::string& asker, std::uint64_t id) {
  const auto line = lines_.find(host);
  auto& waiting = line->second.waiting;
  const auto own = waiting.find(asker);
  if (own == waiting.end() || own->second.erase(id) == 0) {
    --line->second.running;
    --running_;
  } else if (own->second.empty()) {
    waiting.erase(own);
  }
  settle(line);
}

void HostQueue::settle(Lines::iterator line) {
  auto& [waiting, last, running, turn] = line->second;
  const bool may_go = !waiting.empty() && running < of_one_host_max_;
  if (may_go && turn == 0) turns_.emplace(turn = ++last_turn_, line->first);
  if (!may_go && turn != 0) turns_.erase(std::exchange(turn, 0));
  if (waiting.empty() && running == 0) lines_.erase(line);
}

}  // namespace portico::http
