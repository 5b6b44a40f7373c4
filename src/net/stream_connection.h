#pragma once
// One TCP or TLS connection of a StreamHub, from its socket to its end. Owner thread only.
//
//   dialled ─▶ connecting ─tcp up─▶ handshaking ─done─▶ open ─close()─▶ draining ─▶ ended
//   accepted (TLS) ───────────────────▲                  ▲                  (queue sent, the other side has
//   closed too) accepted (TCP) ──────────────────────────────────────┘ any state: error, limit or abandon()
//   ─▶ ended
//
// Private to net/: it includes Asio.

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <memory>
#include <optional>

#include "async/loop.h"
#include "net/idle_order.h"
#include "net/stream_hub.h"

namespace portico::net {

class Connection;

// What a connection tells its hub.
class ConnectionOwner {
 public:
  virtual void on_open(Connection& connection) = 0;
  virtual ReadState on_bytes(Connection& connection, ByteView bytes) = 0;
  // The last word; the connection is gone from then on.
  virtual void on_ended(Connection& connection, const Error& why) = 0;

 protected:
  ~ConnectionOwner() = default;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

  Connection(IoLoop& loop, ConnectionOwner& owner, const StreamLimits& limits, Socket socket,
             ConnectionId id);

  // One of the two, once.
  void start_accepted(const Endpoint& remote, TlsContext tls);  // null: plain TCP
  void start_dial(const DialRequest& request, std::shared_ptr<TlsClient> tls);

  void charge(const IpAddress& source);  // it counts in that one's quota
  void refuse_dial(Error why);           // instead of start_dial: tells the owner with the loop's next turn

  Result<void> send(ByteView bytes);
  void close();                // after what is queued
  void abandon();              // at once, without telling the owner
  void end(const Error& why);  // at once, telling the owner
  void hold(bool in_use);

  // Where it stands among those that may have to go for another: see IdleOrder. Its owner's to set.
  IdleOrder::Place place;

  const StreamPeer& peer() const { return peer_; }
  // Whether the user has been told of it, or made it: then it learns of its end too.
  bool known_to_user() const { return opened_ || peer_.outbound; }
  bool closed_by_user() const { return closed_by_user_; }
  bool charged() const { return charged_; }
  bool held() const { return held_; }

 private:
  enum class State : unsigned char { connecting, handshaking, open, draining, ended };
  enum class Reading : unsigned char { first_byte, message, idle };
  using Tls = boost::asio::ssl::stream<Socket&>;

  void on_connected(const DialRequest& request, const std::shared_ptr<TlsClient>& tls);
  void await_hello(std::size_t bytes);
  std::size_t peek_record_bytes();
  void start_tls(TlsContext context);
  void handshake(bool server);
  void end_later(Error why);
  void start_open();
  void read();
  void read_on();
  void resume();
  void on_read(const boost::system::error_code& error, std::size_t size);
  ReadState hand_on(ByteView bytes);
  void follow(ReadState state);
  void drain();
  void write();
  void on_written(const boost::system::error_code& error);
  void finish();  // draining and nothing left to send
  std::size_t unsent() const { return writing_.size() + queued_.size(); }
  void limit(Duration span, const char* what);
  void limit_idle() { limit(held_ ? Duration::max() : limits_.idle, "idle"); }
  void limit_message() { limit(limits_.message, "a message was not finished in time"); }
  void arm();
  void on_deadline();

  IoLoop& loop_;
  ConnectionOwner* owner_;
  const StreamLimits& limits_;
  Socket socket_;
  TlsContext context_;  // kept while tls_ lives
  std::optional<Tls> tls_;
  StreamPeer peer_;
  State state_ = State::connecting;
  Reading reading_ = Reading::idle;
  bool opened_ = false;
  bool held_ = false;
  bool paused_ = false;  // open, and not read from
  bool closed_by_user_ = false;
  bool charged_ = false;

  Bytes writing_;  // with the kernel
  Bytes queued_;   // goes next
  bool write_under_way_ = false;

  TimePoint deadline_ = kNever;
  const char* deadline_what_ = "";
  TimePoint timer_at_ = kNever;
  async::TimerId timer_ = 0;

  std::array<std::uint8_t, 4'096> buffer_;
};

}  // namespace portico::net
