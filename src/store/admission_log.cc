#include "store/admission_log.h"

#include <algorithm>
#include <utility>

#include "base/counters.h"

namespace portico::store {

void AdmissionLog::add(account::AdmissionRow row) {
  static auto& full =
      counter("portico_store_dropped_total", "Writes that were given up", {{"reason", "admission_log_full"}});
  static auto& overtaken = counter("portico_admissions_overtaken_total",
                                   "Decisions that left their application's log before they were stored");
  const std::lock_guard lock(mutex_);
  if (by_application_.size() >= kApplicationsMax && !by_application_.contains(row.application_id)) {
    return full.add();
  }
  auto& recent = by_application_[row.application_id];
  if (recent.at_once < kAtOnce) {
    ++recent.at_once;
    static_cast<void>(writes_.submit(std::move(row)));  // a full queue refuses and counts by itself
    return;
  }
  auto& waiting = recent.waiting;
  if (waiting.size() == limits::kAdmissionLogRowsMax) {
    overtaken.add();
    waiting[recent.oldest] = std::move(row);
    recent.oldest = (recent.oldest + 1) % limits::kAdmissionLogRowsMax;
    return;
  }
  if (rows_ >= rows_max_) return full.add();
  ++rows_;
  waiting.push_back(std::move(row));
}

void AdmissionLog::flush() {
  const std::lock_guard one_flush(flush_mutex_);
  std::vector<Recent> taken;
  {
    const std::lock_guard lock(mutex_);
    for (auto it = by_application_.begin(); it != by_application_.end();) {
      auto& recent = it->second;
      if (recent.waiting.empty()) {
        it = by_application_.erase(it);
        continue;
      }
      // What comes meanwhile waits, so as not to overtake: `at_once` stays where it is.
      taken.push_back({.at_once = 0, .waiting = std::move(recent.waiting), .oldest = recent.oldest});
      recent.waiting.clear();
      recent.oldest = 0;
      ++it;
    }
    rows_ = 0;
  }
  for (auto& [at_once, rows, oldest] : taken) {
    std::rotate(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(oldest), rows.end());
    for (auto& row : rows) static_cast<void>(writes_.submit(std::move(row)));
  }
  const std::lock_guard lock(mutex_);
  for (auto& [application, recent] : by_application_) {
    if (recent.waiting.empty()) recent.at_once = 0;
  }
}

}  // namespace portico::store
