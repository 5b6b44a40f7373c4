#pragma once
// A bounded resource among accounts: who has some gets more only while as much is left for the others. So one
// alone has half of it at most, and whoever comes finds room. Not synchronised.

#include <cstddef>
#include <string>
#include <unordered_map>

namespace portico {

class Shares {
 public:
  explicit Shares(std::size_t max) : max_(max) {}

  bool take(const std::string& account_id, std::size_t amount = 1) {
    const auto it = taken_.find(account_id);
    const auto own = (it == taken_.end() ? 0 : it->second) + amount;
    if (total_ + amount + own > max_) return false;
    total_ += amount;
    if (own > 0) taken_[account_id] = own;
    return true;
  }
  void give_back(const std::string& account_id, std::size_t amount = 1) {
    const auto it = taken_.find(account_id);
    if (it == taken_.end()) return;
    total_ -= amount;
    it->second -= amount;
    if (it->second == 0) taken_.erase(it);
  }
  std::size_t total() const { return total_; }

 private:
  std::size_t max_;
  std::size_t total_ = 0;
  std::unordered_map<std::string, std::size_t> taken_;  // no zeros
};

}  // namespace portico
