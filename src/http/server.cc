#include "http/server.h"

#include <pthread.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/counters.h"
#include "base/log.h"
#include "http/server_core.h"

namespace portico::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

tcp::endpoint to_asio(const Endpoint& endpoint) {
  if (endpoint.ip.is_v4()) return {asio::ip::address_v4(endpoint.ip.v4_value()), endpoint.port};
  return {asio::ip::address_v6(endpoint.ip.raw()), endpoint.port};
}

Endpoint from_asio(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v4()) return {IpAddress::v4(address.to_v4().to_uint()), endpoint.port()};
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) {
    return {IpAddress::v4(asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_uint()), endpoint.port()};
  }
  return {IpAddress::v6(v6.to_bytes()), endpoint.port()};
}

void accept_next(Server::Core& core);

void run(Server::Core& core) {
  for (;;) {
    try {
      core.io.run();
      return;
    } catch (const std::exception& e) {
      log::error("a job of the HTTP server ended by an exception", {{"what", e.what()}});
      close_connections(core);  // whose it was is not known: it would be waited for, and keep its place
    }
  }
}

// Out of descriptors or memory: accepting again at once would spin.
void accept_later(Server::Core& core) {
  auto timer = std::make_shared<asio::steady_timer>(core.io, std::chrono::milliseconds(100));
  timer->async_wait([&core, timer](boost::system::error_code) { accept_next(core); });
}

void accept_next(Server::Core& core) {
  if (!core.acceptor.is_open()) return;
  core.acceptor.async_accept([&core](boost::system::error_code error, tcp::socket socket) {
    static auto& failed =
        counter("portico_http_accept_errors_total", "Connections that could not be accepted");
    if (error == asio::error::operation_aborted) return;
    if (error) {
      failed.add();
      return accept_later(core);
    }
    accept_next(core);
    boost::system::error_code gone;
    const auto remote = socket.remote_endpoint(gone);
    if (!gone) open_connection(core, std::move(socket), from_asio(remote));
  });
}

Result<void> open_acceptor(Server::Core& core) {
  const auto endpoint = to_asio(core.options.listen);
  boost::system::error_code error;
  core.acceptor.open(endpoint.protocol(), error);
  if (!error) core.acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) core.acceptor.bind(endpoint, error);
  if (!error) core.acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return fail(error == asio::error::address_in_use ? Code::conflict : Code::unavailable,
                "cannot listen for HTTP on " + core.options.listen.to_string() + ": " + error.message());
  }
  core.local = from_asio(core.acceptor.local_endpoint(error));
  return {};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(ServerOptions options, async::Turns& turns) {
  auto core = std::make_unique<Core>(std::move(options), turns);
  if (auto opened = open_acceptor(*core); !opened) return fail(std::move(opened.error()));
  return std::unique_ptr<Server>(new Server(std::move(core)));
}

Server::Server(std::unique_ptr<Core> core) : core_(std::move(core)) {}
Server::~Server() { stop(std::chrono::milliseconds(0)); }

void Server::start(std::function<Response(Request)> handler,
                   std::function<HeadVerdict(const Request&)> gate) {
  core_->handler = std::move(handler);
  core_->gate = std::move(gate);
  asio::post(core_->io, [core = core_.get()] { accept_next(*core); });
  core_->thread = std::thread([core = core_.get()] {
    pthread_setname_np(pthread_self(), "http-server");
    run(*core);
  });
}

Endpoint Server::local() const { return core_->local; }
std::size_t Server::connections() const { return core_->connection_count.load(); }

void Server::stop(std::chrono::milliseconds patience) {
  if (!core_->thread.joinable()) return;
  asio::post(core_->io, [core = core_.get()] {
    boost::system::error_code ignored;
    core->acceptor.close(ignored);
    core->draining = true;
    finish_connections(*core);
  });
  {
    std::unique_lock lock(core_->mutex);
    core_->emptied.wait_for(lock, patience, [this] { return core_->connection_count.load() == 0; });
  }
  asio::post(core_->io, [core = core_.get()] {
    core->turns.stop();  // who waits is not answered any more; on this thread: it holds its connection
    close_connections(*core);
  });
  // run() ends with the last handler: each of them holds work of its own.
  core_->thread.join();
}

}  // namespace portico::http
