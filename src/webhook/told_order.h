#pragma once
// Keeps a question behind the events that its call has told the same URL before (contract webhooks.md section
// 3): those go by the store, a question would overtake them. Any thread.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"

namespace portico::webhook {

class ToldOrder {
 public:
  using Question = std::shared_ptr<std::function<void()>>;

  // `patience`: how long a question waits for an event to be taken.
  explicit ToldOrder(Millis patience) : patience_(patience) {}

  // `key`: a call and a URL. `id`: of the event.
  void told(const std::string& key, const std::string& id, TimePoint now);
  void ended(const std::string& id);  // delivered or given up. Harmless for one that was not told here

  // Runs it when what was told before has ended, at once if nothing is left. True: it waits; let_go() it
  // after the patience.
  bool ask(const std::string& key, const Question& question, TimePoint now);
  void let_go(const std::string& key, const Question& question);  // harmless when it has run
  void let_all_go();

 private:
  struct Waiting {
    std::uint64_t since;  // it waits for what has a lower number
    Question question;
  };
  struct Line {
    std::set<std::uint64_t> told;
    std::vector<Waiting> waiting;
  };
  struct Told {
    std::string key;
    std::uint64_t number;
  };
  struct Old {
    TimePoint at;
    std::string id;
  };
  void forget_old(TimePoint now, std::vector<Question>& free);
  void take_out(const std::string& id, std::vector<Question>& free);

  const Millis patience_;
  std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::unordered_map<std::string, Told> events_;  // by id
  std::unordered_map<std::string, Line> lines_;   // by key
  std::deque<Old> by_age_;  // nobody waits for older ones, which a backend may keep for hours
};

}  // namespace portico::webhook
