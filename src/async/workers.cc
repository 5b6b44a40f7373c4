#include "async/workers.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/counters.h"
#include "base/log.h"

namespace portico::async {

struct Workers::Pool {
  explicit Pool(std::size_t threads) : pool(threads) {}
  boost::asio::thread_pool pool;
  std::atomic<std::size_t> queued{0};
};

Workers::Workers(std::size_t threads) : pool_(std::make_unique<Pool>(threads)) {}

Workers::~Workers() {
  pool_->pool.stop();
  pool_->pool.join();
}

bool Workers::run(Job job) {
  static auto& refused =
      counter("portico_worker_jobs_refused_total", "Jobs refused because the worker queue is full");
  if (pool_->queued.fetch_add(1) >= kQueuedMax) {
    pool_->queued.fetch_sub(1);
    refused.add();
    return false;
  }
  boost::asio::post(pool_->pool, [this, job = std::move(job)]() mutable {
    pool_->queued.fetch_sub(1);
    try {
      job();
    } catch (const std::exception& e) {
      log::error("a worker's job ended by an exception", {{"what", e.what()}});
    }
  });
  return true;
}

}  // namespace portico::async
