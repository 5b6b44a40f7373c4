#pragma once
// Keeps the directory of applications in step with the store when somebody else writes to it (another
// process, the `client` command): looks twice a second, so a change is in force within one.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "account/directory.h"
#include "account/store.h"

namespace portico::app {

class DirectoryRefresh {
 public:
  DirectoryRefresh(account::Directory& directory, account::Store& store);
  ~DirectoryRefresh();

 private:
  void run();

  account::Directory& directory_;
  account::Store& store_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace portico::app
