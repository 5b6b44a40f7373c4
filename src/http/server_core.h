#pragma once
// What the listener and the connections of one server share. Internal to http/.

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "base/shares.h"
#include "http/server.h"
#include "net/source_quota.h"

namespace portico::http {

class Connection;

struct Server::Core {
  Core(ServerOptions o, async::Turns& t)
      : options(std::move(o)),
        turns(t),
        acceptor(io),
        served(options.connections_max, per_source_max(options)),
        refused(options.connections_max, per_source_max(options)),
        bodies(options.bodies_bytes_max) {}

  ServerOptions options;
  async::Turns& turns;
  std::function<Response(Request)> handler;
  std::function<HeadVerdict(const Request&)> gate;
  Endpoint local;

  boost::asio::io_context io{1};
  std::thread thread;

  // The server's thread only.
  boost::asio::ip::tcp::acceptor acceptor;
  std::unordered_set<std::shared_ptr<Connection>> connections;
  net::SourceQuota served;
  net::SourceQuota refused;  // those that are being told so
  Shares bodies;
  bool draining = false;

  static std::size_t per_source_max(const ServerOptions& options) {
    return std::min(options.connections_per_source_max,
                    options.connections_max - options.connections_max / 4);
  }

  // Any thread.
  std::atomic<std::size_t> connection_count{0};
  std::mutex mutex;
  std::condition_variable emptied;  // connection_count is zero
};

// In connection.cc, the file that knows Beast. The server's thread only.
void open_connection(Server::Core& core, boost::asio::ip::tcp::socket socket, const Endpoint& remote);
void finish_connections(Server::Core& core);  // idle ones close now, the others after their answer
void close_connections(Server::Core& core);   // at once

}  // namespace portico::http
