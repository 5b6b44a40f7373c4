#include "medianode/command_queue.h"

#include <sys/eventfd.h>
#include <unistd.h>

namespace portico::medianode {
namespace {

bool is_close(const Work& work) {
  const auto* command = std::get_if<media::Command>(&work);
  return command != nullptr && std::holds_alternative<media::Close>(*command);
}

}  // namespace

CommandQueue::CommandQueue(std::size_t waiting_max)
    : waiting_max_(waiting_max), fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

CommandQueue::~CommandQueue() {
  if (fd_ >= 0) ::close(fd_);
}

bool CommandQueue::push(Work work) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= waiting_max_ && !is_close(work)) return false;
    first = waiting_.empty();
    waiting_.push_back(std::move(work));
  }
  if (first) wake();
  return true;
}

void CommandQueue::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

void CommandQueue::hush() {
  std::uint64_t wakes = 0;
  [[maybe_unused]] const auto drained = ::read(fd_, &wakes, sizeof wakes);
}

void CommandQueue::take(std::vector<Work>& out) {
  hush();
  out.clear();
  const std::lock_guard lock(mutex_);
  out.swap(waiting_);
}

}  // namespace portico::medianode
