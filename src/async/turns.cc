#include "async/turns.h"

#include <mutex>

#include "async/lines.h"
#include "base/attempt.h"

namespace portico::async {

struct Turns::State : std::enable_shared_from_this<State> {
  State(Executor& w, std::size_t max, std::size_t of_one_max)
      : workers(w), running_max(max), lines(of_one_max) {}

  bool see_that_it_is_run();  // under `mutex`
  void run_all();
  std::optional<Lines<Job>::Next> next();
  void done(const std::string& line);

  Executor& workers;
  const std::size_t running_max;

  std::mutex mutex;
  Lines<Job> lines;
  std::size_t running = 0;  // run_all()
  bool stopped = false;
};

// Who runs looks for more before it ends. A job of the workers for each of ours would wait behind those that
// never come to an end while there is more to do, until the workers' queue is full.
bool Turns::State::see_that_it_is_run() {
  if (running == running_max) return true;
  if (workers.run([state = shared_from_this()] { state->run_all(); })) {
    ++running;
    return true;
  }
  return running > 0;
}

// Until nobody waits who may have one more running. What is held back goes on when one of its line ends.
void Turns::State::run_all() {
  while (auto one = next()) {
    (void)attempt([&]() -> Result<void> {
      one->job();
      return {};
    });
    one->job = {};  // what it holds goes before the next of its line may run
    done(one->key);
  }
}

std::optional<Lines<Job>::Next> Turns::State::next() {
  const std::lock_guard lock(mutex);
  auto next = attempt([&]() -> Result<std::optional<Lines<Job>::Next>> { return lines.pop(); });
  if (next && *next) return std::move(*next);
  --running;
  return std::nullopt;
}

void Turns::State::done(const std::string& line) {
  const std::lock_guard lock(mutex);
  lines.done(line);
}

Turns::Turns(Executor& workers, std::size_t running_max, std::size_t running_of_one_max)
    : state_(std::make_shared<State>(workers, running_max, running_of_one_max)) {}

Turns::~Turns() { stop(); }

bool Turns::run(const std::string& line, Job job) {
  const std::lock_guard lock(state_->mutex);
  if (state_->stopped || !state_->see_that_it_is_run()) return false;
  state_->lines.push(line, std::move(job));
  return true;
}

void Turns::stop() {
  const std::lock_guard lock(state_->mutex);
  state_->stopped = true;
  state_->lines.clear();
}

}  // namespace portico::async
