#pragma once
// Decisions of the door on their way to the store. Where an application sees few of them they go there at
// once. In a flood they wait and are handed over a few times a second, and no more of them than the log shows
// (limits::kAdmissionLogRowsMax, the newest): so a flood costs the store a bounded number of rows and not one
// a packet. Any thread.

#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "account/admission_row.h"
#include "base/limits.h"
#include "store/write_behind.h"

namespace portico::store {

class AdmissionLog {
 public:
  // Not in base/limits.h: they divide what limits there already bound (kWriteBehindMax,
  // kAdmissionLogRowsMax), and what they hold is empty again after each flush.
  static constexpr std::size_t kAtOnce = 100;  // of one application between two flushes
  static constexpr std::size_t kRowsMax = limits::kWriteBehindMax / 2;  // waiting, of all applications
  static constexpr std::size_t kApplicationsMax = 65'536;               // remembered until the next flush

  explicit AdmissionLog(WriteBehind& writes, std::size_t rows_max = kRowsMax)
      : writes_(writes), rows_max_(rows_max) {}

  void add(account::AdmissionRow row);
  void flush();  // hands over what waits

 private:
  // A ring once it is full: `oldest` is then where the next row goes.
  struct Recent {
    std::size_t at_once = 0;
    std::vector<account::AdmissionRow> waiting;
    std::size_t oldest = 0;
  };

  WriteBehind& writes_;
  const std::size_t rows_max_;
  std::mutex flush_mutex_;  // one flush at a time; taken before mutex_
  std::mutex mutex_;
  std::unordered_map<std::string, Recent> by_application_;
  std::size_t rows_ = 0;
};

}  // namespace portico::store
