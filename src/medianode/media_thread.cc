#include "medianode/media_thread.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "base/counters.h"
#include "medianode/tick_schedule.h"

namespace portico::medianode {
namespace {

constexpr std::uint64_t kCommandToken = ~std::uint64_t{0};
constexpr std::uint64_t kTimerToken = kCommandToken - 1;
constexpr std::uint64_t kSocketsToken = kCommandToken - 2;

// Commands that come one upon the other are carried out together: while some wait, nobody else has to wake
// the thread. The first after a pause is carried out at once.
constexpr auto kCommandsEvery = 1ms;

// Sockets are read with the tick, and before it, as it plays what they hold: a wake-up for each packet costs
// more than the packet. Where a batch was full they are read on, for so long before commands and frames have
// their turn; by a thread that is late, for as long as it is late, but not so long that it stays so.
constexpr Duration kReadingMax = 1ms;
constexpr Duration kLateReadingMax = 4ms;
static_assert(kLateReadingMax < limits::kMediaTick);

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

bool watch(int epoll_fd, int fd, std::uint64_t token, int operation = EPOLL_CTL_ADD,
           std::uint32_t events = EPOLLIN) {
  epoll_event event{.events = events, .data = {.u64 = token}};
  return fd >= 0 && epoll_ctl(epoll_fd, operation, fd, &event) == 0;
}

void count_late(std::uint64_t ticks) {
  static auto& late =
      counter("portico_media_ticks_missed_total", "Ticks of media threads that came too late");
  if (ticks > 0) late.add(ticks);
}

}  // namespace

struct MediaThread::State {
  State(const LegsOptions& options, const PortRange& range, media::SoundSource& sounds,
        RecordingWriter& recordings, PortDirectory& directory)
      : recordings(recordings),
        legs(read_clocks(), options, range, sounds, recordings, directory, sockets.get()),
        index(options.thread) {}

  bool prepare() const {
    return epoll.get() >= 0 && watch(epoll.get(), queue.fd(), kCommandToken) &&
           watch(epoll.get(), timer.get(), kTimerToken) && watch(epoll.get(), sockets.get(), kSocketsToken);
  }

  void run() {
    std::array<epoll_event, 3> ready{};
    while (!stopping) {
      const int n = epoll_wait(epoll.get(), ready.data(), static_cast<int>(ready.size()), -1);
      for (int i = 0; i < n; ++i) turn(ready[static_cast<std::size_t>(i)].data.u64);
      if (Clock::now() >= read_again) read_sockets();
      tick_if_due();
      if (commands_wait) carry_out_commands_if_due();
      arm();
      pairs = legs.socket_pairs();
    }
    carry_out_commands();
    legs.close_all(Clock::now());
    pairs = 0;
  }

  void turn(std::uint64_t token) {
    if (token == kCommandToken) return on_commands();
    if (token == kSocketsToken) read_sockets();
  }

  // What waits at the tick may be more than a batch: all is read, whoever sent it, as what the kernel has no
  // room for is lost to every leg of the socket.
  void read_sockets() {
    const auto now = Clock::now();
    const auto late = schedule.due(now) ? now - schedule.next() : Duration{};
    const auto until = now + std::clamp(late, kReadingMax, kLateReadingMax);
    bool more = read_batches(until);
    while (more && Clock::now() < until) more = read_batches(until);
    read_again = more ? until : kNever;
  }

  // A batch of each socket in which something waits; true when more may wait. What it does not come to in
  // time is first the next time: a flood delays no frame, nor do sockets that are flooded keep others unread.
  bool read_batches(TimePoint until) {
    if (read == to_read) {
      to_read = static_cast<std::size_t>(
          std::max(0, epoll_wait(sockets.get(), readable.data(), static_cast<int>(readable.size()), 0)));
      read = 0;
    }
    bool more = to_read == readable.size();
    while (read < to_read) {
      more |= legs.receive(Clock::now(), readable[read++].data.u64);
      if (Clock::now() >= until) return true;
    }
    return more;
  }

  void on_commands() {
    queue.hush();
    commands_wait = true;
  }

  void carry_out_commands_if_due() {
    const auto now = Clock::now();
    if (now < commands_due) return;
    carry_out_commands();
    commands_due = now + kCommandsEvery;
  }

  void carry_out_commands() {
    commands_wait = false;
    queue.take(work);
    for (const auto& one : work) {
      const auto now = Clock::now();
      if (const auto* opening = std::get_if<Opening>(&one)) legs.open(now, *opening);
      if (const auto* command = std::get_if<media::Command>(&one)) legs.apply(now, *command);
      tick_if_due();  // the end of a thousand calls at once delays no frame of the others
    }
    work.clear();
  }

  void tick_if_due() {
    if (!schedule.due(Clock::now())) return;
    read_sockets();
    const auto now = Clock::now();
    count_late(schedule.take(now));
    legs.tick(now);
  }

  // Without legs and surplus sockets, and with all recordings on their way to the disk, there is nothing to
  // do until a command comes, but to empty the sockets of what strangers send: the next leg is not to hear
  // it.
  void arm() {
    const bool was_idle = std::exchange(idle, legs.at_rest() && !recordings.stuck());
    if (idle) schedule.stop();
    if (!idle) schedule.start(Clock::now());
    if (idle != was_idle)
      watch(epoll.get(), sockets.get(), kSocketsToken, EPOLL_CTL_MOD, idle ? EPOLLIN : 0U);
    const auto wake_at = std::min({schedule.next(), read_again, commands_wait ? commands_due : kNever});
    if (wake_at == armed_for) return;
    armed_for = wake_at;
    itimerspec at{};
    if (wake_at != kNever) {
      const auto nanos =
          std::chrono::duration_cast<std::chrono::nanoseconds>(armed_for.time_since_epoch()).count();
      at.it_value = {.tv_sec = nanos / 1'000'000'000, .tv_nsec = nanos % 1'000'000'000};
    }
    timerfd_settime(timer.get(), TFD_TIMER_ABSTIME, &at, nullptr);
  }

  const Descriptor epoll{epoll_create1(EPOLL_CLOEXEC)};
  const Descriptor sockets{epoll_create1(EPOLL_CLOEXEC)};  // of the legs
  const Descriptor timer{timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)};
  CommandQueue queue;
  std::vector<Work> work;
  TickSchedule schedule{limits::kMediaTick};
  TimePoint armed_for = kNever;
  TimePoint read_again = kNever;
  std::array<epoll_event, 64> readable{};  // of the sockets; from `read` to `to_read` not read yet
  std::size_t to_read = 0;
  std::size_t read = 0;
  bool idle = true;
  bool commands_wait = false;
  TimePoint commands_due{};
  const RecordingWriter& recordings;
  Legs legs;
  const unsigned index;
  std::atomic<bool> stopping{false};
  std::atomic<std::size_t> pairs{0};
  std::thread thread;
};

MediaThread::MediaThread(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<MediaThread>> MediaThread::start(const LegsOptions& options, const PortRange& range,
                                                        media::SoundSource& sounds,
                                                        RecordingWriter& recordings,
                                                        PortDirectory& directory) {
  auto state = std::make_unique<State>(options, range, sounds, recordings, directory);
  if (!state->prepare()) return fail(Code::unavailable, "no descriptors for a media thread");
  state->thread = std::thread([s = state.get()] {
    pthread_setname_np(pthread_self(), ("media-" + std::to_string(s->index)).c_str());
    s->run();
  });
  return std::unique_ptr<MediaThread>(new MediaThread(std::move(state)));
}

MediaThread::~MediaThread() {
  state_->stopping = true;
  state_->queue.wake();
  state_->thread.join();
}

CommandQueue& MediaThread::queue() { return state_->queue; }
std::size_t MediaThread::socket_pairs() const { return state_->pairs.load(); }

}  // namespace portico::medianode
