#include "net/signals.h"

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <utility>

#include "net/io_loop.h"

namespace portico::net {

struct Signals::State : std::enable_shared_from_this<State> {
  State(IoLoop& loop, std::function<void(int)> t)
      : set(loop.context(), SIGTERM, SIGINT, SIGHUP), told(std::move(t)) {}

  void wait() {
    set.async_wait([weak = weak_from_this()](const boost::system::error_code& error, int number) {
      const auto self = weak.lock();
      if (error || !self) return;
      self->wait();
      self->told(number);
    });
  }

  boost::asio::signal_set set;
  std::function<void(int)> told;
};

Signals::Signals(IoLoop& loop, std::function<void(int)> told)
    : state_(std::make_shared<State>(loop, std::move(told))) {
  std::signal(SIGPIPE, SIG_IGN);
  state_->wait();
}

Signals::~Signals() = default;

}  // namespace portico::net
