#pragma once
// HTTP/1.1 client on libcurl's multi interface: one thread, connections kept alive and bounded per host, any
// number of slow servers beside each other. Any thread may ask.
//
// The address of each socket is checked when it is opened: after resolution and for each redirect, so a name
// that resolves to a private address does not pass where those are not allowed. Link-local addresses and the
// process's own listeners are refused everywhere.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "async/loop.h"
#include "base/address.h"
#include "base/limits.h"
#include "base/time.h"
#include "http/headers.h"
#include "net/resolver.h"

namespace portico::http {

struct Fetch {
  std::string url;  // http or https
  std::string method = "GET";
  Headers headers;
  std::string body;
  std::string username;  // Basic, sent with the first request; empty: none. Never sent to another host
  std::string password;

  // Each stage from its own start; total from fetch() on, waiting for a free connection included. 0: only
  // `total` bounds it.
  Millis connect_timeout{5000};  // name resolution and TCP, shared by the addresses of a name
  Millis tls_timeout{5000};      // handshake
  Millis first_byte_timeout{0};  // from the request sent to the first byte of the answer
  Millis total_timeout{15000};

  std::size_t body_bytes_max = limits::kWebhookReplyBytesMax;
  unsigned redirects_max = 0;  // 0: a 3xx is an answer like any other
  std::string body_file;  // not empty: the body is written to this new file, and Fetched::body stays empty
  // Asked before so many bytes more are written to it, on the client's thread; no: the fetch ends as busy.
  std::function<bool(std::size_t bytes)> may_write;
  // Whose request it is. Those that wait for a connection to one host are begun in turn of who asks.
  std::string asker;
  // Not null: looked at until the request is sent, which may be long after fetch(); no: it ends as cancelled.
  std::shared_ptr<const std::atomic<bool>> wanted;
};

enum class FetchFailure : unsigned char {
  resolve,         // no address for the name
  connect,         // refused, unreachable, or not connected in time
  tls,             // handshake or certificate
  timeout,         // connected, but no whole answer in time
  too_large,       // body over body_bytes_max, or headers over limits::kHttpClientHeaderBytesMax
  protocol,        // not HTTP, broken off, too many redirects, an encoding that was not asked for
  refused_target,  // an address that is not allowed, or a scheme other than http and https
  busy,            // too many requests under way, or no room for the body
  cancelled,       // the client was stopped, or nobody wanted the answer any more
};
std::string_view failure_name(FetchFailure failure);

// Since fetch(); a stage that was not reached or not needed is zero.
struct FetchTimings {
  std::chrono::microseconds resolved{0};
  std::chrono::microseconds connected{0};
  std::chrono::microseconds secured{0};
  std::chrono::microseconds first_byte{0};
  std::chrono::microseconds total{0};
  bool new_connection = false;
};

struct FetchError {
  FetchFailure kind = FetchFailure::protocol;
  std::string what;  // one sentence, without credentials
  int status = 0;    // of an answer whose body could not be taken: too large, or coded
};

struct Fetched {
  int status = 0;
  Headers headers;
  std::string body;
  std::uint64_t body_bytes = 0;
  std::string url;  // that answered: another than asked for only after redirects
};

struct FetchOutcome {
  tl::expected<Fetched, FetchError> answer;
  FetchTimings timings;
};
using FetchDone = std::function<void(FetchOutcome)>;

struct ClientOptions {
  bool allow_private_targets = true;
  std::vector<Endpoint> own_listeners;  // nothing is asked of these
  std::string ca_file;                  // empty: the system's
  std::string user_agent = "Portico/" PORTICO_VERSION;
  net::ResolverOptions names{.search_domains = true};
  std::size_t connections_per_host_max = limits::kWebhookConnectionsPerHostMax;
  std::size_t connections_max = limits::kHttpClientConnectionsMax;
  std::size_t pending_max = limits::kWebhooksPendingMax;
};

// What those who ask servers need: the client, or the simulation's backends (tests/sim).
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  // `done` runs once, on the fetcher's thread: keep it short and do not destroy the fetcher from it.
  virtual void fetch(Fetch request, FetchDone done) = 0;
  // `run` runs on the same thread, not before `delay` has passed. Dropped when the fetcher is destroyed.
  virtual void after(Millis delay, std::function<void()> run) = 0;
};

class Client final : public Fetcher {
 public:
  explicit Client(ClientOptions options = {});
  ~Client() override;  // everything under way ends as `cancelled`
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void fetch(Fetch request, FetchDone done) override;
  // `done` runs once on `loop`, which must outlive the client.
  void fetch(Fetch request, async::Loop& loop, FetchDone done);
  void after(Millis delay, std::function<void()> run) override;

  std::size_t pending() const;
  std::uint64_t connections_opened() const;  // since the start

  struct Core;

 private:
  std::unique_ptr<Core> core_;
};

}  // namespace portico::http
