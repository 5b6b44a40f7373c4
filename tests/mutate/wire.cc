#include "mutate/wire.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "sip/message/stream_framer.h"

namespace portico::mutate {
namespace {

[[noreturn]] void give_up(const char* what) {
  std::printf("%s\n", what);
  std::exit(1);
}

sockaddr_in address_of(const Endpoint& endpoint) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(endpoint.port);
  ::inet_pton(AF_INET, endpoint.ip.to_string().c_str(), &out.sin_addr);
  return out;
}

std::string local_name(int fd) {
  sockaddr_in here{};
  socklen_t size = sizeof here;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&here), &size);
  return "127.0.0.1:" + std::to_string(ntohs(here.sin_port));
}

bool readable(int fd, Millis patience) {
  pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, static_cast<int>(patience.count())) > 0;
}

class UdpWire final : public Wire {
 public:
  explicit UdpWire(const Endpoint& server) : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const auto to = address_of(server);
    if (fd_ < 0 || ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      give_up("no UDP socket");
    }
    name_ = local_name(fd_);
  }
  ~UdpWire() override { ::close(fd_); }
  UdpWire(const UdpWire&) = delete;
  UdpWire& operator=(const UdpWire&) = delete;

  void send(std::string_view bytes) override {
    if (::send(fd_, bytes.data(), bytes.size(), 0) < 0 && errno == ECONNREFUSED)
      give_up("the server is gone");
  }
  std::vector<std::string> receive(Millis patience) override {
    std::vector<std::string> out;
    static std::array<char, 65'536> room;
    while (readable(fd_, out.empty() ? patience : Millis(0))) {
      const auto size = ::recv(fd_, room.data(), room.size(), 0);
      if (size < 0) break;
      out.emplace_back(room.data(), static_cast<std::size_t>(size));
    }
    return out;
  }
  std::string sent_by() const override { return name_; }
  std::string transport() const override { return "UDP"; }

 private:
  int fd_;
  std::string name_;
};

class StreamWire final : public Wire {
 public:
  StreamWire(const Endpoint& server, bool tls) : server_(server), tls_(tls) {
    if (tls_) {
      context_ = SSL_CTX_new(TLS_client_method());
      // A session ticket alone must not make a read wait for what follows it.
      SSL_CTX_clear_mode(context_, SSL_MODE_AUTO_RETRY);
    }
    if (!open()) give_up("the server takes no connection");
  }
  ~StreamWire() override {
    close();
    SSL_CTX_free(context_);
  }
  StreamWire(const StreamWire&) = delete;
  StreamWire& operator=(const StreamWire&) = delete;

  void send(std::string_view bytes) override {
    // The server closes a stream that it has lost its place in, as it should; it must take the next one.
    if (closed_by_server()) reopen();
    if (!write(bytes)) reopen();
  }
  std::vector<std::string> receive(Millis patience) override {
    std::vector<std::string> out;
    pop(out);
    while (fd_ >= 0 && (pending() || readable(fd_, out.empty() ? patience : Millis(0)))) {
      if (!read()) {
        close();
        break;
      }
      pop(out);
    }
    // A spoiled length made the server wait for more than came: on this stream it would hear nothing again.
    if (out.empty() && patience > Millis(100)) close();
    return out;
  }
  std::string sent_by() const override { return name_; }
  std::string transport() const override { return tls_ ? "TLS" : "TCP"; }

 private:
  bool open() {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto to = address_of(server_);
    if (fd_ < 0 || ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return false;
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // Gone at once when closed: a million connections must not wait for their ports.
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    framer_ = {};
    name_ = local_name(fd_);
    if (!tls_) return true;
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, fd_);
    return SSL_connect(ssl_) == 1;
  }
  void close() {
    SSL_free(std::exchange(ssl_, nullptr));
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void reopen() {
    for (int tries = 0; tries < 200; ++tries) {
      close();
      if (open()) return;
      ::usleep(50'000);
    }
    give_up("the server takes no connection any more");
  }
  bool pending() const { return ssl_ != nullptr && SSL_pending(ssl_) > 0; }
  bool closed_by_server() {
    if (fd_ < 0) return true;
    while (pending() || readable(fd_, Millis(0))) {
      if (!read()) return true;
    }
    return false;
  }
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ssl_ != nullptr
                            ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                            : static_cast<int>(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  bool read() {
    static std::array<char, 65'536> room;
    const auto size = ssl_ != nullptr ? SSL_read(ssl_, room.data(), static_cast<int>(room.size()))
                                      : static_cast<int>(::recv(fd_, room.data(), room.size(), 0));
    if (size <= 0)
      return ssl_ != nullptr && SSL_get_error(ssl_, static_cast<int>(size)) == SSL_ERROR_WANT_READ;
    framer_.push({room.data(), static_cast<std::size_t>(size)});
    take();
    return true;
  }
  void take() {
    while (true) {
      auto frame = framer_.pop();
      if (frame.kind == sip::Frame::Kind::none) return;
      if (frame.kind == sip::Frame::Kind::broken) give_up("the server sent what is no SIP");
      if (frame.kind == sip::Frame::Kind::message) came_.emplace_back(frame.parsed.message.text());
    }
  }
  void pop(std::vector<std::string>& out) {
    for (auto& message : came_) out.push_back(std::move(message));
    came_.clear();
  }

  const Endpoint server_;
  const bool tls_;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  int fd_ = -1;
  std::string name_;
  sip::StreamFramer framer_;
  std::vector<std::string> came_;
};

}  // namespace

std::unique_ptr<Wire> open_udp(const Endpoint& server) { return std::make_unique<UdpWire>(server); }
std::unique_ptr<Wire> open_stream(const Endpoint& server, bool tls) {
  return std::make_unique<StreamWire>(server, tls);
}

}  // namespace portico::mutate
