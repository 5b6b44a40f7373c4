#include "speech/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

namespace portico::speech {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() { close(); }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  int get() const { return fd_; }
  void reset(int fd) {
    close();
    fd_ = fd;
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_ = -1;
};

// A process that is killed and waited for unless it has ended.
class Child {
 public:
  ~Child() { kill(); }
  Child() = default;
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Sockets rather than pipes: a write to a process that is gone then raises no signal.
  Result<void> start(const std::vector<std::string>& argv);
  ProcessEnd wait();
  int watch() const {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  }  // readable once it has ended
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }

  Fd to;
  Fd from;

 private:
  pid_t pid_ = -1;
};

std::string errno_text(int error) { return std::error_code(error, std::generic_category()).message(); }

Result<void> Child::start(const std::vector<std::string>& argv) {
  std::array<int, 2> in{};
  std::array<int, 2> out{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in.data()) != 0) {
    return fail(Code::unavailable, "no descriptors left to start " + argv[0]);
  }
  to.reset(in[0]);
  const Fd child_in(in[1]);
  if (::pipe2(out.data(), O_CLOEXEC) != 0)
    return fail(Code::unavailable, "no descriptors left to start " + argv[0]);
  from.reset(out[0]);
  const Fd child_out(out[1]);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_in.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, child_out.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  // Its own group, so that an interrupt typed at the terminal is ours to handle.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                                           POSIX_SPAWN_SETPGROUP));

  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const auto& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  char path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
  char locale[] = "LC_ALL=C.UTF-8";
  std::array<char*, 3> environment{path, locale, nullptr};
  const int error =
      ::posix_spawnp(&pid_, argv[0].c_str(), &actions, &attributes, arguments.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return {};
  pid_ = -1;
  return fail(Code::unavailable, "cannot start " + argv[0] + ": " + errno_text(error));
}

ProcessEnd Child::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  ProcessEnd end;
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (WIFEXITED(status)) end.exit_status = WEXITSTATUS(status);
  return end;
}

int wait_ms(SteadyTime until) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

// A process may close its output and live on. Waits until it has ended, the time is over (timeout), or it
// shall be stopped (cancelled).
Result<void> await_end(const Child& child, SteadyTime until, int stop_fd) {
  const Fd process(child.watch());
  if (process.get() < 0) return {};  // a kernel before 5.3, or no descriptor left: wait() has to do
  for (;;) {
    std::array<pollfd, 2> ready{pollfd{.fd = process.get(), .events = POLLIN},
                                pollfd{.fd = stop_fd, .events = POLLIN}};
    const int count = ::poll(ready.data(), ready.size(), wait_ms(until));
    if (count < 0 && errno == EINTR) continue;
    if (ready[0].revents != 0) return {};
    if (count <= 0) return fail(Code::timeout, "took too long to end");
    return fail(Code::cancelled, "was stopped");
  }
}

// Sends what fits; closes when all is sent or nobody reads any more.
void feed(Child& child, std::string_view& left) {
  const auto sent = ::send(child.to.get(), left.data(), left.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0) left.remove_prefix(static_cast<std::size_t>(sent));
  const bool gone = sent < 0 && errno != EAGAIN && errno != EINTR;
  if (left.empty() || gone) child.to.close();
}

// False at the end of the output.
bool collect(Child& child, std::string& output) {
  std::array<char, 65'536> piece;
  const auto got = ::read(child.from.get(), piece.data(), piece.size());
  if (got < 0) return errno == EINTR;
  output.append(piece.data(), static_cast<std::size_t>(got));
  return got > 0;
}

}  // namespace

Result<ProcessEnd> run_process(const std::vector<std::string>& argv, const std::string& input,
                               const ProcessLimits& limits, int stop_fd) {
  const auto until = std::chrono::steady_clock::now() + limits.time;
  Child child;
  if (auto started = child.start(argv); !started) return fail(started.error());
  std::string output;
  std::string_view left = input;
  if (left.empty()) child.to.close();
  for (;;) {
    // poll() passes over negative descriptors.
    std::array<pollfd, 3> ready{pollfd{.fd = child.from.get(), .events = POLLIN},
                                pollfd{.fd = child.to.get(), .events = POLLOUT},
                                pollfd{.fd = stop_fd, .events = POLLIN}};
    const int count = ::poll(ready.data(), ready.size(), wait_ms(until));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(Code::timeout, argv[0] + " took too long");
    if (ready[2].revents != 0) return fail(Code::cancelled, argv[0] + " was stopped");
    if (ready[1].revents != 0) feed(child, left);
    if (ready[0].revents != 0 && !collect(child, output)) break;
    if (output.size() > limits.output_bytes_max) return fail(Code::too_large, argv[0] + " wrote too much");
  }
  child.to.close();
  if (auto ended = await_end(child, until, stop_fd); !ended) {
    return fail(ended.error().code, argv[0] + " " + ended.error().what);
  }
  auto end = child.wait();
  end.output = std::move(output);
  return end;
}

}  // namespace portico::speech
