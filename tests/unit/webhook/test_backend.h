#pragma once
// A customer's backend for tests: our own HTTP server, remembering what it was asked.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "async/workers.h"
#include "http/server.h"

namespace portico::webhook {

class TestBackend {
 public:
  using Answer = std::function<http::Response(const http::Request&)>;

  explicit TestBackend(Answer answer = [](const http::Request&) { return http::Response{.status = 204}; })
      : answer_(std::move(answer)), workers_(4) {
    http::ServerOptions options;
    options.listen = *parse_endpoint("127.0.0.1:0");
    server_ = std::move(*http::Server::listen(options, turns_));
    server_->start([this](const http::Request& request) { return take(request); });
  }

  std::string url(std::string_view path = "/") const {
    return "http://" + server_->local().to_string() + std::string(path);
  }

  // All requests so far, once there are `count`.
  std::vector<http::Request> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(60), [&] { return requests_.size() >= count; });
    return requests_;
  }
  std::size_t requests() {
    const std::lock_guard lock(mutex_);
    return requests_.size();
  }

 private:
  http::Response take(const http::Request& request) {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      changed_.notify_all();
    }
    return answer_(request);
  }

  Answer answer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<http::Request> requests_;
  async::Workers workers_;
  async::Turns turns_{workers_, 4, 4};
  std::unique_ptr<http::Server> server_;
};

}  // namespace portico::webhook
