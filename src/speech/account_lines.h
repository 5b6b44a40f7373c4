#pragma once
// Jobs that wait, a line for each account, served in turn: who asks for much waits for himself. Not
// synchronised.

#include <algorithm>
#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <utility>

namespace portico::speech {

template <typename Job>
class AccountLines {
 public:
  explicit AccountLines(std::size_t running_max) : running_max_(running_max) {}

  void push(const std::string& account_id, Job job) {
    auto line = find(account_id);
    if (line == lines_.end()) line = lines_.insert(line, Line{.account_id = account_id});
    line->jobs.push_back(std::move(job));
  }

  struct Next {
    std::string account_id;
    Job job;
  };
  // Of the account that has waited longest for its turn and has fewer than `running_max` running.
  std::optional<Next> pop() {
    const auto line = std::ranges::find_if(
        lines_, [&](const Line& one) { return !one.jobs.empty() && one.running < running_max_; });
    if (line == lines_.end()) return std::nullopt;
    std::optional<Next> next(Next{line->account_id, std::move(line->jobs.front())});
    line->jobs.pop_front();
    ++line->running;
    lines_.splice(lines_.end(), lines_, line);
    return next;
  }
  // A popped job has ended.
  void done(const std::string& account_id) {
    const auto line = find(account_id);
    if (--line->running == 0 && line->jobs.empty()) lines_.erase(line);
  }

 private:
  struct Line {
    std::string account_id;
    std::deque<Job> jobs;
    std::size_t running = 0;
  };
  auto find(const std::string& account_id) {
    return std::ranges::find(lines_, account_id, &Line::account_id);
  }

  std::size_t running_max_;
  std::list<Line> lines_;  // in turn
};

}  // namespace portico::speech
