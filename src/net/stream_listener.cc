#include "net/stream_listener.h"

#include <sys/socket.h>

#include <boost/asio/ip/v6_only.hpp>

#include "base/counters.h"
#include "base/log.h"
#include "net/asio_endpoint.h"
#include "net/io_loop.h"

namespace portico::net {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

constexpr auto kRetryAfter = 100ms;  // when descriptors have run out
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

void count_accept_error() {
  static auto& errors =
      counter("portico_stream_accept_errors_total", "Connections that could not be accepted");
  errors.add();
}

}  // namespace

Listener::Listener(IoLoop& loop, OnAccept on_accept)
    : loop_(loop), acceptor_(loop.context()), on_accept_(std::move(on_accept)) {}

Result<std::shared_ptr<Listener>> Listener::open(IoLoop& loop, const Endpoint& local, bool reuse_port,
                                                 OnAccept on_accept) {
  auto listener = std::make_shared<Listener>(loop, std::move(on_accept));
  auto& acceptor = listener->acceptor_;
  const auto address = to_asio(local);
  error_code error;
  acceptor.open(address.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && reuse_port) acceptor.set_option(ReusePort(true), error);
  if (!error && !local.ip.is_v4()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.bind(address, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    return fail(Code::unavailable, "cannot listen on TCP " + local.to_string() + ": " + error.message());
  listener->local_ = from_asio(acceptor.local_endpoint(error));
  listener->accept();
  return listener;
}

void Listener::accept() {
  acceptor_.async_accept([weak = weak_from_this()](const error_code& error, Socket socket) {
    const auto self = weak.lock();
    if (!self || !self->acceptor_.is_open()) return;
    if (!error) {
      self->hand_on(std::move(socket));
      return self->accept();
    }
    count_accept_error();
    self->loop_.call_at(self->loop_.now() + kRetryAfter, [weak] {
      const auto later = weak.lock();
      if (later && later->acceptor_.is_open()) later->accept();
    });
  });
}

// What one connection throws must not reach the loop: no other would be accepted.
void Listener::hand_on(Socket socket) {
  try {
    on_accept_(std::move(socket));
  } catch (const std::exception& e) {
    count_accept_error();
    log::error("a connection that came ended by an exception", {{"what", e.what()}});
  }
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
}

}  // namespace portico::net
