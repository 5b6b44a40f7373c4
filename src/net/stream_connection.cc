#include "net/stream_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "base/log.h"
#include "net/asio_endpoint.h"
#include "net/io_loop.h"
#include "net/source_quota.h"
#include "net/tls_context.h"

namespace portico::net {
namespace asio = boost::asio;
using boost::system::error_code;
namespace {

// RFC 8446 section 5.1
constexpr std::uint8_t kTlsHandshake = 22;
constexpr std::size_t kTlsRecordHead = 5;
constexpr std::size_t kTlsRecordBytesMax = kTlsRecordHead + 16'384;

constexpr auto kFarewell = 2s;  // for the other side to close too

Error as_error(const error_code& error) {
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated)
    return {Code::unavailable, "closed by the other side"};
  return {Code::unavailable, error.message()};
}

}  // namespace

Connection::Connection(IoLoop& loop, ConnectionOwner& owner, const StreamLimits& limits, Socket socket,
                       ConnectionId id)
    : loop_(loop), owner_(&owner), limits_(limits), socket_(std::move(socket)) {
  peer_.id = id;
}

void Connection::start_accepted(const Endpoint& remote, TlsContext tls) {
  peer_.remote = remote;
  peer_.tls = tls != nullptr;
  error_code error;
  peer_.local = from_asio(socket_.local_endpoint(error));
  if (error) return end(as_error(error));
  if (!tls) return start_open();
  context_ = std::move(tls);
  state_ = State::handshaking;
  limit(limits_.handshake, "TLS handshake not finished in time");
  await_hello(kTlsRecordHead);
}

// TLS takes some 60 kB of buffers: they are made once the first record has come whole, so that a stranger who
// says nothing, or half a word, costs no more than over TCP. `bytes`: of the record, so far as its length is
// known.
void Connection::await_hello(std::size_t bytes) {
  error_code ignored;
  socket_.set_option(asio::socket_base::receive_low_watermark(static_cast<int>(bytes)), ignored);
  socket_.async_wait(Socket::wait_read, [self = shared_from_this(), bytes](const error_code& error) {
    if (self->state_ != State::handshaking) return;
    if (error) return self->end(as_error(error));
    const auto whole = self->peek_record_bytes();
    if (whole > bytes) return self->await_hello(whole);
    error_code unset;
    self->socket_.set_option(asio::socket_base::receive_low_watermark(1), unset);
    self->start_tls(std::move(self->context_));
    self->handshake(true);
  });
}

// The length of the handshake record that waits, head included; 0 where there is none: TLS will say what is
// wrong.
std::size_t Connection::peek_record_bytes() {
  std::array<std::uint8_t, kTlsRecordHead> head;
  const auto size = ::recv(socket_.native_handle(), head.data(), head.size(), MSG_PEEK | MSG_DONTWAIT);
  if (size < static_cast<ssize_t>(head.size()) || head[0] != kTlsHandshake) return 0;
  return std::min(head.size() + (std::size_t{head[3]} << 8 | head[4]), kTlsRecordBytesMax);
}

void Connection::start_dial(const DialRequest& request, std::shared_ptr<TlsClient> tls) {
  peer_.remote = request.remote;
  peer_.tls = request.tls;
  peer_.outbound = true;
  if (request.tls && !tls) return end_later({Code::invalid, "no TLS client is set up"});
  error_code error;
  const auto remote = to_asio(request.remote);
  socket_.open(remote.protocol(), error);
  if (!error && !request.from.is_unspecified()) socket_.bind(to_asio({.ip = request.from, .port = 0}), error);
  if (error) return end_later(as_error(error));
  limit(limits_.connect, "no answer to the connection attempt");
  socket_.async_connect(remote,
                        [self = shared_from_this(), tls = std::move(tls), request](const error_code& failed) {
                          if (self->state_ != State::connecting) return;
                          if (failed) return self->end(as_error(failed));
                          self->on_connected(request, tls);
                        });
}

void Connection::charge(const IpAddress& source) {
  charged_ = true;
  place.source = source_block(source);
}

void Connection::refuse_dial(Error why) {
  peer_.outbound = true;
  end_later(std::move(why));
}

void Connection::on_connected(const DialRequest& request, const std::shared_ptr<TlsClient>& tls) {
  error_code ignored;
  peer_.local = from_asio(socket_.local_endpoint(ignored));
  if (!request.tls) return start_open();
  start_tls(tls->current());
  const auto& name = request.verify_name;
  const bool is_host_name = !name.empty() && !parse_ip(name).has_value();
  if (is_host_name) SSL_set_tlsext_host_name(tls_->native_handle(), name.c_str());
  const auto expected = name.empty() ? peer_.remote.ip.to_string() : name;
  if (tls->verify()) tls_->set_verify_callback(asio::ssl::host_name_verification(expected), ignored);
  handshake(false);
}

void Connection::start_tls(TlsContext context) {
  context_ = std::move(context);
  tls_.emplace(socket_, *context_);
}

void Connection::handshake(bool server) {
  state_ = State::handshaking;
  limit(limits_.handshake, "TLS handshake not finished in time");
  tls_->async_handshake(server ? asio::ssl::stream_base::server : asio::ssl::stream_base::client,
                        [self = shared_from_this()](const error_code& error) {
                          if (self->state_ != State::handshaking) return;
                          if (error) return self->end({Code::unavailable, "TLS: " + error.message()});
                          self->start_open();
                        });
}

void Connection::start_open() {
  state_ = State::open;
  opened_ = true;
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::keep_alive(true), ignored);
  reading_ = peer_.outbound ? Reading::idle : Reading::first_byte;
  if (peer_.outbound) limit_idle();
  if (!peer_.outbound) limit(limits_.first_byte, "nothing was said");
  const auto self = shared_from_this();
  owner_->on_open(*this);
  if (state_ != State::ended) read();
  if (state_ != State::ended) write();
}

void Connection::read() {
  auto handler = [self = shared_from_this()](const error_code& error, std::size_t size) {
    self->on_read(error, size);
  };
  const auto buffer = asio::buffer(buffer_);
  if (tls_) return tls_->async_read_some(buffer, std::move(handler));
  socket_.async_read_some(buffer, std::move(handler));
}

void Connection::on_read(const error_code& error, std::size_t size) {
  if (state_ == State::ended) return;
  if (error) return end(as_error(error));
  // When draining, what comes is read for the sake of its end: closing over unread bytes would be a reset,
  // which can take our last words with it.
  if (state_ == State::open) {
    const auto state = hand_on(ByteView(buffer_.data(), size));
    if (state_ == State::open) follow(state);
  }
  if (state_ != State::ended) read_on();
}

// Who asks without end and reads no answer would have us keep them all: it is not heard until it has read.
void Connection::read_on() {
  paused_ = state_ == State::open && !held_ && unsent() > limits_.unread_bytes_max;
  if (!paused_) return read();
  limit(limits_.message, "the other side does not read");
}

void Connection::resume() {
  paused_ = false;
  if (state_ == State::open) reading_ == Reading::message ? limit_message() : limit_idle();
  read();
}

// What these bytes throw must not reach the loop: nobody would read on, or close the connection.
ReadState Connection::hand_on(ByteView bytes) {
  try {
    return owner_->on_bytes(*this, bytes);
  } catch (const std::exception& e) {
    log::error("bytes of a connection ended by an exception", {{"what", e.what()}});
    return ReadState::bad_stream;
  }
}

void Connection::follow(ReadState state) {
  switch (state) {
    case ReadState::bad_stream:
      // With an answer to it on the way, that goes first.
      if (unsent() == 0) return end({Code::invalid, "what came cannot be read"});
      return drain();
    case ReadState::between_messages:
      reading_ = Reading::idle;
      return limit_idle();
    case ReadState::within_message:
      if (reading_ == Reading::message) return;
      break;
    case ReadState::within_next_message:
      break;
  }
  reading_ = Reading::message;
  limit_message();
}

void Connection::hold(bool in_use) {
  held_ = in_use;
  if (paused_ && held_) return resume();
  if (state_ == State::open && reading_ == Reading::idle && !paused_) limit_idle();
}

Result<void> Connection::send(ByteView bytes) {
  if (state_ == State::draining || state_ == State::ended)
    return fail(Code::not_found, "connection is closed");
  if (unsent() + bytes.size() > limits_.send_queue_bytes_max) {
    end_later({Code::too_large, "the other side does not read"});
    return fail(Code::too_large, "the connection's queue is full");
  }
  queued_.insert(queued_.end(), bytes.begin(), bytes.end());
  if (state_ == State::open) write();
  return {};
}

void Connection::write() {
  if (write_under_way_) return;
  if (queued_.empty()) {
    writing_ = {};  // an idle connection holds no buffers
    queued_ = {};
    if (state_ == State::draining) finish();
    return;
  }
  write_under_way_ = true;
  writing_.clear();
  writing_.swap(queued_);
  auto handler = [self = shared_from_this()](const error_code& error, std::size_t) {
    self->on_written(error);
  };
  if (tls_) return asio::async_write(*tls_, asio::buffer(writing_), std::move(handler));
  asio::async_write(socket_, asio::buffer(writing_), std::move(handler));
}

void Connection::on_written(const error_code& error) {
  write_under_way_ = false;
  if (state_ == State::ended) return;
  if (error) return end(as_error(error));
  writing_.clear();
  write();
  if (paused_ && unsent() <= limits_.unread_bytes_max) resume();
}

void Connection::close() {
  if (state_ == State::ended || state_ == State::draining) return;
  closed_by_user_ = true;
  if (state_ != State::open) return end({Code::cancelled, "closed before it was open"});
  drain();
}

void Connection::drain() {
  state_ = State::draining;
  limit(limits_.message, "the rest could not be sent in time");
  if (paused_) resume();
  write();
}

void Connection::finish() {
  limit(kFarewell, "no answer to the farewell");
  if (tls_) {
    tls_->async_shutdown(
        [self = shared_from_this()](const error_code&) { self->end({Code::cancelled, "closed"}); });
    return;
  }
  error_code error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  if (error) end({Code::cancelled, "closed"});
}

void Connection::abandon() {
  if (std::exchange(owner_, nullptr) == nullptr) return;
  state_ = State::ended;
  if (timer_ != 0) loop_.cancel(std::exchange(timer_, 0));
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

void Connection::end(const Error& why) {
  auto* owner = owner_;
  if (owner == nullptr) return;
  const auto self = shared_from_this();
  abandon();
  owner->on_ended(*this, why);
}

void Connection::end_later(Error why) {
  loop_.post([self = shared_from_this(), why = std::move(why)] { self->end(why); });
}

void Connection::limit(Duration span, const char* what) {
  deadline_ = span == Duration::max() ? kNever : loop_.now() + span;
  deadline_what_ = what;
  arm();
}

// A deadline that moves away does not touch the timer: it finds out when it runs.
void Connection::arm() {
  if (timer_ != 0 && timer_at_ <= deadline_) return;
  if (timer_ != 0) loop_.cancel(std::exchange(timer_, 0));
  if (deadline_ == kNever) return;
  timer_at_ = deadline_;
  timer_ = loop_.call_at(deadline_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->on_deadline();
  });
}

void Connection::on_deadline() {
  timer_ = 0;
  if (state_ == State::ended) return;
  if (loop_.now() < deadline_) return arm();
  end({Code::timeout, deadline_what_});
}

}  // namespace portico::net
