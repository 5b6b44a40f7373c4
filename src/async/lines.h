#pragma once
// Jobs that wait, a line for each key, such as an account, served in turn: who asks for much waits for
// himself. Not synchronised.

#include <algorithm>
#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace portico::async {

template <typename Job>
class Lines {
 public:
  explicit Lines(std::size_t running_max) : running_max_(running_max) {}

  void push(const std::string& key, Job job) {
    auto line = find(key);
    if (line == lines_.end()) {
      line = lines_.insert(line, Line{.key = key});
      by_key_.emplace(key, line);
    }
    line->jobs.push_back(std::move(job));
  }

  struct Next {
    std::string key;
    Job job;
  };
  // Of the line that has waited longest for its turn and has fewer than `running_max` running.
  std::optional<Next> pop() {
    const auto line = std::ranges::find_if(
        lines_, [&](const Line& one) { return !one.jobs.empty() && one.running < running_max_; });
    if (line == lines_.end()) return std::nullopt;
    std::optional<Next> next(Next{line->key, std::move(line->jobs.front())});
    line->jobs.pop_front();
    ++line->running;
    lines_.splice(lines_.end(), lines_, line);
    return next;
  }
  std::size_t waiting(const std::string& key) {
    const auto line = find(key);
    return line == lines_.end() ? 0 : line->jobs.size();
  }
  // Drops all that wait.
  void clear() {
    for (auto line = lines_.begin(); line != lines_.end();) {
      line->jobs.clear();
      if (line->running == 0)
        line = erase(line);
      else
        ++line;
    }
  }
  // A popped job has ended.
  void done(const std::string& key) {
    const auto line = find(key);
    if (--line->running == 0 && line->jobs.empty()) erase(line);
  }

 private:
  struct Line {
    std::string key;
    std::deque<Job> jobs;
    std::size_t running = 0;
  };
  using Place = typename std::list<Line>::iterator;
  Place find(const std::string& key) {
    const auto it = by_key_.find(key);
    return it == by_key_.end() ? lines_.end() : it->second;
  }
  Place erase(Place line) {
    by_key_.erase(line->key);
    return lines_.erase(line);
  }

  std::size_t running_max_;
  std::list<Line> lines_;  // in turn
  std::unordered_map<std::string, Place> by_key_;
};

}  // namespace portico::async
