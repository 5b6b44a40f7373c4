#pragma once
// Accepts connections for a StreamHub, one after another, and never waits for any of them. Private to net/.

#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>

#include "base/address.h"

namespace portico::net {

class IoLoop;

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using OnAccept = std::function<void(Socket)>;

  static Result<std::shared_ptr<Listener>> open(IoLoop& loop, const Endpoint& local, bool reuse_port,
                                                OnAccept on_accept);
  Listener(IoLoop& loop, OnAccept on_accept);
  const Endpoint& local() const { return local_; }
  void close();

 private:
  void accept();
  void hand_on(Socket socket);

  IoLoop& loop_;
  boost::asio::ip::tcp::acceptor acceptor_;
  OnAccept on_accept_;
  Endpoint local_;
};

}  // namespace portico::net
