#pragma once
// One `serve` at a time: a second one on the same data would end the calls of the first as if that had died,
// and remove its recordings.

#include <string>

#include "base/result.h"

namespace portico::app {

class DataLock {
 public:
  // Makes the file where it is missing; it stays. Errors: unavailable, when another process has the lock too.
  static Result<DataLock> take(const std::string& file);
  DataLock(DataLock&& other) noexcept;
  ~DataLock();

 private:
  explicit DataLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace portico::app
