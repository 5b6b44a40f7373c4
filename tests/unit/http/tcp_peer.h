#pragma once
// The other side of HTTP, octet by octet: a blocking TCP connection, and a listener that plays a script on
// each connection it takes.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace portico::http {

class TcpPeer {
 public:
  explicit TcpPeer(int fd) : fd_(fd) {}
  TcpPeer(TcpPeer&& other) noexcept : fd_(std::exchange(other.fd_, -1)), got_(std::move(other.got_)) {}
  ~TcpPeer() {
    if (fd_ >= 0) ::close(fd_);
  }

  int fd() const { return fd_; }

  // From 127.0.0.`host`.
  static TcpPeer connect(std::uint16_t port, std::uint32_t host = 1) {
    TcpPeer peer(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto from = loopback(0);
    from.sin_addr.s_addr = htonl(0x7F000000 + host);
    if (::bind(peer.fd_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) std::abort();
    const auto address = loopback(port);
    if (::connect(peer.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) std::abort();
    return peer;
  }

  bool send(std::string_view text) const {
    while (!text.empty()) {
      const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // All that was received up to and with `end`, which is taken out of the stream; what came before the
  // connection ended if `end` never does.
  std::string read_until(std::string_view end) {
    for (;;) {
      if (const auto at = got_.find(end); at != std::string::npos) return take(at + end.size());
      if (!receive()) return take(got_.size());
    }
  }
  std::string read_bytes(std::size_t count) {
    while (got_.size() < count && receive()) {
    }
    return take(std::min(count, got_.size()));
  }
  std::string read_to_end() {
    while (receive()) {
    }
    return take(got_.size());
  }

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

 private:
  bool receive() {
    char piece[16384];
    const auto size = ::recv(fd_, piece, sizeof piece, 0);
    if (size <= 0) return false;
    got_.append(piece, static_cast<std::size_t>(size));
    return true;
  }
  std::string take(std::size_t count) {
    auto taken = got_.substr(0, count);
    got_.erase(0, count);
    return taken;
  }

  int fd_ = -1;
  std::string got_;
};

class ScriptedServer {
 public:
  using Script = std::function<void(TcpPeer&)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = TcpPeer::loopback(0);
    socklen_t size = sizeof address;
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd_, 64) != 0) std::abort();
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }
  ~ScriptedServer() {
    ::shutdown(fd_, SHUT_RDWR);
    acceptor_.join();
    for (const auto fd : taken_) ::shutdown(fd, SHUT_RDWR);
    for (auto& thread : threads_) thread.join();
    for (const auto fd : taken_) ::close(fd);
    ::close(fd_);
  }

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  int connections() const { return connections_.load(); }

 private:
  void accept() {
    for (;;) {
      const auto fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      ++connections_;
      taken_.push_back(fd);
      threads_.emplace_back([this, fd] {
        TcpPeer peer(::dup(fd));  // not fcntl(): ThreadSanitizer would take it for the number's last holder
        script_(peer);
        ::shutdown(fd, SHUT_RDWR);
      });
    }
  }

  Script script_;
  int fd_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::vector<int> taken_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// A port of 127.0.0.1 that refuses connections: bound, not listening, for the life of the object.
class ClosedPort {
 public:
  ClosedPort() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = TcpPeer::loopback(0);
    socklen_t size = sizeof address;
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~ClosedPort() { ::close(fd_); }
  std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

}  // namespace portico::http
