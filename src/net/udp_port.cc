#include "net/udp_port.h"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <utility>

#include "base/log.h"
#include "net/io_loop.h"

namespace portico::net {
namespace asio = boost::asio;
namespace {
constexpr auto kRetryAfter = 1ms;   // after EAGAIN or ENOBUFS
constexpr int kBatchesPerTurn = 4;  // then timers and other sockets have their turn
}  // namespace

struct UdpPort::State : std::enable_shared_from_this<State> {
  State(IoLoop& l, UdpSocket s, OnBatch handler, std::size_t slot_bytes)
      : loop(l),
        socket(std::move(s)),
        readable(l.context(), socket.fd()),
        on_batch(std::move(handler)),
        receiver(slot_bytes) {}

  void wait() {
    readable.async_wait(asio::posix::stream_descriptor::wait_read,
                        [self = shared_from_this()](const boost::system::error_code& error) {
                          if (!error && !self->closed) self->read();
                        });
  }

  void read() {
    for (int i = 0; i < kBatchesPerTurn; ++i) {
      const auto batch = receiver.receive(socket);
      corked = true;
      if (!batch.empty()) hand_on(batch);
      corked = false;
      if (closed) return;
      flush();
      if (!receiver.full()) break;
    }
    wait();
  }

  // What one batch throws must not reach the loop: nobody would wait for the socket again.
  void hand_on(std::span<Datagram> batch) {
    try {
      on_batch(batch);
    } catch (const std::exception& e) {
      log::error("a batch of datagrams ended by an exception", {{"what", e.what()}});
    }
  }

  bool send(ByteView bytes, const Endpoint& to, const IpAddress& from) {
    if (!sender.queue(bytes, to, from)) return false;
    if (!corked && !flush_posted) {
      loop.post([weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->flush_if_open();
      });
      flush_posted = true;  // last: without memory for it the next datagram brings another
    }
    return true;
  }

  void flush_if_open() {
    flush_posted = false;
    if (!closed) flush();
  }

  void flush() {
    if (sender.queued() == 0 || sender.flush(socket) || flush_posted) return;
    loop.call_at(loop.now() + kRetryAfter, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->flush_if_open();
    });
    flush_posted = true;
  }

  void close() {
    closed = true;
    sender.flush(socket);  // last words
    boost::system::error_code ignored;
    readable.cancel(ignored);
    readable.release();  // the descriptor is the socket's
  }

  IoLoop& loop;
  UdpSocket socket;
  asio::posix::stream_descriptor readable;
  OnBatch on_batch;
  UdpReceiver receiver;
  UdpSender sender;
  bool corked = false;
  bool flush_posted = false;
  bool closed = false;
};

UdpPort::UdpPort(std::shared_ptr<State> state) : state_(std::move(state)) {}

UdpPort::~UdpPort() { state_->close(); }

Result<std::unique_ptr<UdpPort>> UdpPort::open(IoLoop& loop, const Endpoint& local, const UdpOptions& options,
                                               OnBatch on_batch, std::size_t slot_bytes) {
  auto socket = UdpSocket::bind(local, options);
  if (!socket) return fail(socket.error());
  auto state = std::make_shared<State>(loop, std::move(*socket), std::move(on_batch), slot_bytes);
  state->wait();
  return std::unique_ptr<UdpPort>(new UdpPort(std::move(state)));
}

bool UdpPort::send(ByteView bytes, const Endpoint& to, const IpAddress& from) {
  return state_->send(bytes, to, from);
}

const Endpoint& UdpPort::local() const { return state_->socket.local(); }

}  // namespace portico::net
