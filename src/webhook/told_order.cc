#include "webhook/told_order.h"

#include <utility>

namespace portico::webhook {
namespace {

void run(const std::vector<ToldOrder::Question>& questions) {
  for (const auto& question : questions) (*question)();
}

}  // namespace

void ToldOrder::told(const std::string& key, const std::string& id) {
  std::unique_lock lock(mutex_);
  keys_.emplace(id, key);
  ++lines_[key].told;
  by_age_.push_back({.at = Clock::now(), .id = id});
  forget_old(lock);
}

void ToldOrder::ended(const std::string& id) {
  std::unique_lock lock(mutex_);
  const auto free = take_out(id);
  lock.unlock();
  run(free);
}

bool ToldOrder::ask(const std::string& key, const Question& question) {
  {
    const std::lock_guard lock(mutex_);
    const auto it = lines_.find(key);
    if (it != lines_.end()) {
      it->second.waiting.push_back(question);
      return true;
    }
  }
  (*question)();
  return false;
}

void ToldOrder::let_go(const std::string& key, const Question& question) {
  {
    const std::lock_guard lock(mutex_);
    const auto it = lines_.find(key);
    if (it == lines_.end() || std::erase(it->second.waiting, question) == 0) return;
  }
  (*question)();
}

void ToldOrder::let_all_go() {
  std::unique_lock lock(mutex_);
  keys_.clear();
  by_age_.clear();
  const auto lines = std::exchange(lines_, {});
  lock.unlock();
  for (const auto& [key, line] : lines) run(line.waiting);
}

void ToldOrder::forget_old(std::unique_lock<std::mutex>& lock) {
  std::vector<Question> free;
  for (const auto now = Clock::now(); !by_age_.empty() && by_age_.front().at + kPatience <= now;) {
    for (auto& question : take_out(by_age_.front().id)) free.push_back(std::move(question));
    by_age_.pop_front();
  }
  lock.unlock();
  run(free);
}

// Those that waited for it, if it was the last.
std::vector<ToldOrder::Question> ToldOrder::take_out(const std::string& id) {
  const auto key = keys_.extract(id);
  if (key.empty()) return {};
  const auto line = lines_.find(key.mapped());
  if (--line->second.told > 0) return {};
  auto free = std::move(line->second.waiting);
  lines_.erase(line);
  return free;
}

}  // namespace portico::webhook
