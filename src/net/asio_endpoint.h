#pragma once
// Endpoints to and from Asio's own. For the .cc files of net/ that include Asio anyway.

#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstring>

#include "base/address.h"

namespace portico::net {

inline boost::asio::ip::tcp::endpoint to_asio(const Endpoint& endpoint) {
  sockaddr_storage address;
  const auto length = to_sockaddr(endpoint, address);
  boost::asio::ip::tcp::endpoint out;
  out.resize(length);
  std::memcpy(out.data(), &address, length);
  return out;
}

inline Endpoint from_asio(const boost::asio::ip::tcp::endpoint& endpoint) {
  return from_sockaddr(*endpoint.data());
}

}  // namespace portico::net
