#pragma once
// What a client of the server says and hears: in the clear, or over TLS once secure() was called. Internal to
// http/. The server's thread only.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <memory>
#include <optional>
#include <utility>

namespace portico::http {

class ClientStream {
 public:
  using executor_type = boost::beast::tcp_stream::executor_type;

  explicit ClientStream(boost::asio::ip::tcp::socket socket) : tcp_(std::move(socket)) {}
  executor_type get_executor() { return tcp_.get_executor(); }
  boost::beast::tcp_stream& tcp() { return tcp_; }

  // TLS from here on: async_handshake() comes next.
  void secure(std::shared_ptr<boost::asio::ssl::context> context) {
    context_ = std::move(context);
    tls_.emplace(tcp_, *context_);
  }
  bool is_secure() const { return tls_.has_value(); }
  // `begun`: what was read of it in the clear. The handler gets the error and how much of `begun` was used.
  template <typename Buffers, typename Handler>
  void async_handshake(const Buffers& begun, Handler&& handler) {
    tls_->async_handshake(boost::asio::ssl::stream_base::server, begun, std::forward<Handler>(handler));
  }
  template <typename Handler>
  void async_shutdown(Handler&& handler) {
    tls_->async_shutdown(std::forward<Handler>(handler));
  }

  template <typename Buffers, typename Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    tls_ ? tls_->async_read_some(buffers, std::forward<Handler>(handler))
         : tcp_.async_read_some(buffers, std::forward<Handler>(handler));
  }
  template <typename Buffers, typename Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    tls_ ? tls_->async_write_some(buffers, std::forward<Handler>(handler))
         : tcp_.async_write_some(buffers, std::forward<Handler>(handler));
  }

 private:
  boost::beast::tcp_stream tcp_;
  std::shared_ptr<boost::asio::ssl::context> context_;
  std::optional<boost::asio::ssl::stream<boost::beast::tcp_stream&>> tls_;
};

}  // namespace portico::http
