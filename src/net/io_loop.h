#pragma once
// The real async::Loop: one thread around an Asio io_context. Sockets, connections, signals and HTTP live on
// one; timers are one heap in front of one Asio timer, so thousands of them cost no system call each.
// Before start() the constructing thread counts as the owner, after join() the joining one, so main()
// may build and tear down what lives here.

#include <memory>
#include <string>

#include "async/loop.h"

namespace boost::asio {
class io_context;
}

namespace portico::net {

class IoLoop final : public async::Loop {
 public:
  explicit IoLoop(std::string name);  // the thread's name, cut to 15 characters
  ~IoLoop() override;                 // stop() and join(); jobs and timers that have not run are dropped
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  void start();  // runs the loop on a thread of its own
  void run();    // runs the loop on the calling thread until stop()
  void stop();   // any thread, also from a job; returns at once
  void join();   // waits for the thread; not from the loop's own thread

  void post(async::Job job) override;
  TimePoint now() const override;
  WallTime wall() const override;
  async::TimerId call_at(TimePoint when, async::Job job) override;
  void cancel(async::TimerId id) override;
  bool on_owner_thread() const override;

  std::size_t timers() const;  // waiting; owner thread

  boost::asio::io_context& context();  // for code that includes Asio itself

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portico::net
