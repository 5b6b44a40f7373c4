#include "webhook/told_order.h"

#include <utility>

namespace portico::webhook {
namespace {

void run(const std::vector<ToldOrder::Question>& questions) {
  for (const auto& question : questions) (*question)();
}

}  // namespace

void ToldOrder::told(const std::string& key, const std::string& id, TimePoint now) {
  std::vector<Question> free;
  {
    const std::lock_guard lock(mutex_);
    forget_old(now, free);
    const auto number = ++last_;
    events_.emplace(id, Told{.key = key, .number = number});
    lines_[key].told.insert(number);
    by_age_.push_back({.at = now, .id = id});
  }
  run(free);
}

void ToldOrder::ended(const std::string& id) {
  std::vector<Question> free;
  {
    const std::lock_guard lock(mutex_);
    take_out(id, free);
  }
  run(free);
}

bool ToldOrder::ask(const std::string& key, const Question& question, TimePoint now) {
  std::vector<Question> free;
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    forget_old(now, free);
    const auto line = lines_.find(key);
    waits = line != lines_.end();
    if (waits) line->second.waiting.push_back({.since = last_, .question = question});
  }
  run(free);
  if (!waits) (*question)();
  return waits;
}

void ToldOrder::let_go(const std::string& key, const Question& question) {
  {
    const std::lock_guard lock(mutex_);
    const auto line = lines_.find(key);
    if (line == lines_.end()) return;
    const auto gone =
        std::erase_if(line->second.waiting, [&](const Waiting& one) { return one.question == question; });
    if (gone == 0) return;
  }
  (*question)();
}

void ToldOrder::let_all_go() {
  std::unordered_map<std::string, Line> lines;
  {
    const std::lock_guard lock(mutex_);
    events_.clear();
    by_age_.clear();
    lines.swap(lines_);
  }
  for (const auto& [key, line] : lines) {
    for (const auto& one : line.waiting) (*one.question)();
  }
}

void ToldOrder::forget_old(TimePoint now, std::vector<Question>& free) {
  while (!by_age_.empty() && by_age_.front().at + patience_ <= now) {
    take_out(by_age_.front().id, free);
    by_age_.pop_front();
  }
}

// Those that wait for nothing else are free then.
void ToldOrder::take_out(const std::string& id, std::vector<Question>& free) {
  const auto event = events_.extract(id);
  if (event.empty()) return;
  const auto at = lines_.find(event.mapped().key);
  auto& [told, waiting] = at->second;
  told.erase(event.mapped().number);
  std::erase_if(waiting, [&](Waiting& one) {
    const bool waits = !told.empty() && *told.begin() <= one.since;
    if (!waits) free.push_back(std::move(one.question));
    return !waits;
  });
  if (told.empty()) lines_.erase(at);
}

}  // namespace portico::webhook
