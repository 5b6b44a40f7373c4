#include "call/registry.h"

namespace portico::call {

void Registry::add(const std::string& call_id, std::string account_id, Sender sender) {
  const std::scoped_lock lock(mutex_);
  calls_.insert_or_assign(call_id, Entry{std::move(account_id), std::move(sender)});
}

void Registry::remove(const std::string& call_id) {
  const std::scoped_lock lock(mutex_);
  calls_.erase(call_id);
}

bool Registry::post(const std::string& call_id, Event event) const {
  Sender sender;
  {
    const std::scoped_lock lock(mutex_);
    const auto it = calls_.find(call_id);
    if (it == calls_.end()) return false;
    sender = it->second.sender;
  }
  return sender.post(std::move(event));
}

std::optional<Sender> Registry::find(std::string_view account_id, const std::string& call_id) const {
  const std::scoped_lock lock(mutex_);
  const auto it = calls_.find(call_id);
  if (it == calls_.end() || it->second.account_id != account_id) return std::nullopt;
  return it->second.sender;
}

void Registry::post_to_all(const Event& event) const {
  std::vector<Sender> senders;
  {
    const std::scoped_lock lock(mutex_);
    senders.reserve(calls_.size());
    for (const auto& [id, entry] : calls_) senders.push_back(entry.sender);
  }
  for (const auto& sender : senders) sender.post(event);
}

std::size_t Registry::size() const {
  const std::scoped_lock lock(mutex_);
  return calls_.size();
}

}  // namespace portico::call
