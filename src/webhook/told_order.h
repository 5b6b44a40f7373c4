#pragma once
// Keeps a question behind the events that its call has told the same URL before (contract webhooks.md section
// 3): those go by the store, a question would overtake them. Any thread.

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace portico::webhook {

class ToldOrder {
 public:
  using Question = std::shared_ptr<std::function<void()>>;

  // How long a call waits with a question for an event to be taken; its caller hears nothing meanwhile.
  static constexpr Millis kPatience{2'000};

  // `key`: a call and a URL. `id`: of the event.
  void told(const std::string& key, const std::string& id);
  void ended(const std::string& id);  // delivered or given up. Harmless for one that was not told here

  // Runs it when what was told has ended, at once if nothing is left. True: it waits; let_go() it after
  // kPatience.
  bool ask(const std::string& key, const Question& question);
  void let_go(const std::string& key, const Question& question);  // harmless when it has run
  void let_all_go();

 private:
  struct Line {
    std::size_t told = 0;
    std::vector<Question> waiting;
  };
  struct Old {
    TimePoint at;
    std::string id;
  };
  void forget_old(std::unique_lock<std::mutex>& lock);
  std::vector<Question> take_out(const std::string& id);

  std::mutex mutex_;
  std::unordered_map<std::string, std::string> keys_;  // by id
  std::unordered_map<std::string, Line> lines_;        // by key
  std::deque<Old> by_age_;  // nobody waits for older ones, which a backend may keep for hours
};

}  // namespace portico::webhook
