#include "portico/directory_refresh.h"

#include "base/log.h"
#include "base/time.h"

namespace portico::app {
namespace {

constexpr auto kInterval = 500ms;

}  // namespace

DirectoryRefresh::DirectoryRefresh(account::Directory& directory, account::Store& store)
    : directory_(directory), store_(store), thread_([this] { run(); }) {}

DirectoryRefresh::~DirectoryRefresh() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void DirectoryRefresh::run() {
  bool failing = false;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kInterval, [this] { return stopping_; })) {
    lock.unlock();
    const auto refreshed = directory_.refresh(store_);
    if (!refreshed && !failing) {
      log::warn("the store cannot be read: calls go on with the applications known so far",
                {{"why", refreshed.error().what}});
    }
    failing = !refreshed;
    lock.lock();
  }
}

}  // namespace portico::app
