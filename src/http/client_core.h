#pragma once
// The client's thread: curl's sockets on epoll, limits on one ordered set, so that a thousand requests that
// wait cost nothing. Internal to http/.

#include <curl/curl.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "http/client.h"
#include "http/host_names.h"
#include "http/host_queue.h"
#include "http/transfer.h"

namespace portico::http {

struct Client::Core final : TransferHost {
 public:
  explicit Core(ClientOptions options);
  ~Core() override;

  // Any thread.
  void fetch(Fetch request, FetchDone done);
  void after(Millis delay, std::function<void()> run);
  std::size_t pending() const { return pending_.load(std::memory_order_relaxed); }
  std::uint64_t connections_opened() const { return opened_.load(std::memory_order_relaxed); }

  // Client's thread: called by transfers.
  void arm(std::uint64_t transfer, TimePoint when) override;
  void on_connection_opened() override { opened_.fetch_add(1, std::memory_order_relaxed); }

 private:
  struct Asked {
    Fetch request;
    FetchDone done;
    TimePoint at;
  };
  struct Later {
    TimePoint when;
    std::function<void()> run;
  };
  using Command = std::variant<Asked, Later>;
  struct Target {
    std::string host;  // empty: the text is no URL, which its start will tell
    std::string port;
    std::string line;  // where it waits for a connection
    std::string asker;
  };
  struct UnderWay {
    std::unique_ptr<Transfer> transfer;
    Target target;
    TimePoint armed = kNever;
  };

  static Target target_of(const std::string& url);
  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* known);
  static int on_timer(CURLM* multi, long timeout_ms, void* self);

  void post(Command command);
  bool is_stopping();
  void run();
  void take_commands();
  void take(Asked asked);
  void start_waiting();
  bool is_wanted(std::uint64_t id);  // else it has failed
  void start(std::uint64_t id);
  void begin(std::uint64_t id, const Addresses& addresses);
  void fail(std::uint64_t id, FetchFailure kind, const std::string& what);
  void wait_and_act();
  int wait_ms(TimePoint now) const;
  void act(int fd, unsigned events);
  void collect_finished();
  void run_limits();
  void run_later();
  std::unique_ptr<Transfer> take_out(std::uint64_t id);
  void retire(Transfer& transfer);
  void cancel_all();
  CURL* take_handle();

  ClientOptions options_;
  CURLM* multi_ = nullptr;
  int epoll_ = -1;
  int wake_ = -1;
  std::atomic<std::size_t> pending_{0};
  std::atomic<std::uint64_t> opened_{0};

  std::mutex mutex_;
  std::vector<Command> commands_;  // requests among them are bounded by pending_max
  bool stopping_ = false;

  // The client's thread only.
  std::optional<HostNames> names_;
  std::unordered_map<std::uint64_t, UnderWay> under_way_;
  HostQueue queue_;  // curl has one for all hosts, where one that is full keeps the others waiting
  std::set<std::pair<TimePoint, std::uint64_t>> limits_;
  std::multimap<TimePoint, std::function<void()>> later_;
  std::vector<CURL*> idle_handles_;
  TimePoint curl_deadline_ = kNever;
  std::uint64_t next_id_ = 1;

  std::thread thread_;  // last: runs when all else is there
};

}  // namespace portico::http
