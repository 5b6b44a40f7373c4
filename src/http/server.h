#pragma once
// HTTP/1.1 server (RFC 9112): one thread reads and writes for all connections, handlers run in turns on
// workers and may block. Limits: see limits.h, kHttp*. Requests of one connection are answered one after the
// other: a pipelining client is read no further than one request ahead.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "async/turns.h"
#include "base/address.h"
#include "base/limits.h"
#include "base/result.h"
#include "http/message.h"
#include "net/tls_context.h"

namespace portico::http {

struct ServerOptions {
  Endpoint listen;  // port 0: any free one
  std::size_t connections_max = limits::kHttpConnectionsMax;
  // From one address; it never gets more than three quarters of them all.
  std::size_t connections_per_source_max = limits::kHttpConnectionsPerSourceMax;
  std::size_t request_bytes_max = limits::kHttpRequestBytesMax;
  std::size_t header_bytes_max = limits::kHttpHeaderBytesMax;
  // Bodies of requests and answers in memory, of all connections; of one line (HeadVerdict) half at most.
  // Beyond it: 503. Short ones are not counted.
  std::size_t bodies_bytes_max = limits::kHttpBodiesBytesMax;
  std::chrono::milliseconds header_timeout = limits::kHttpHeaderMax;  // from the first byte of a request
  std::chrono::milliseconds body_timeout = limits::kHttpBodyMax;
  std::chrono::milliseconds idle_timeout = limits::kHttpIdleMax;    // between requests
  std::chrono::milliseconds write_timeout = limits::kHttpWriteMax;  // without any progress
  ErrorPage errors = plain_error;
  std::shared_ptr<net::TlsServer> tls;  // who begins with a TLS handshake is answered over TLS; null: nobody
};

// What becomes of a request, once its head has come.
struct HeadVerdict {
  std::optional<Response> refusal;  // sent before the body is read
  std::size_t body_bytes_max = limits::kHttpRequestBytesMax;
  // In whose turn it is served (async/turns.h), such as a proven account. Empty: among those of its address.
  std::string line = {};
};

class Server {
 public:
  // Listens; connections are taken from start() on. `turns` must outlive the server.
  static Result<std::unique_ptr<Server>> listen(ServerOptions options, async::Turns& turns);
  ~Server();  // as stop() with no patience

  // `handler`: Router::route, for example. `gate` sees each request first, before its body is read; on a
  // worker, as the handler, in the turn of the address (of IPv6, its /64) it comes from.
  void start(std::function<Response(Request)> handler, std::function<HeadVerdict(const Request&)> gate = {});
  Endpoint local() const;  // the address and port really in use

  // No new connections and no new requests; waits until answers under way are written, or `patience` is over.
  // Then closes everything, stops `turns`, and returns once no handler runs any more. Not from a handler.
  void stop(std::chrono::milliseconds patience);

  std::size_t connections() const;

  struct Core;

 private:
  explicit Server(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace portico::http
