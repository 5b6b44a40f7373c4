#include "http/client_core.h"

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <climits>
#include <stdexcept>

#include "base/counters.h"
#include "base/log.h"

namespace portico::http {
namespace {

constexpr std::size_t kIdleHandlesMax = 256;

template <typename Value>
void set(CURLM* multi, CURLMoption option, Value value) {
  static_cast<void>(curl_multi_setopt(multi, option, value));
}

void guarded(const std::function<void()>& run) {
  try {
    run();
  } catch (const std::exception& e) {
    log::error("a job of the HTTP client ended by an exception", {{"what", e.what()}});
  }
}

}  // namespace

// As curl tells hosts apart when it counts connections.
Client::Core::Target Client::Core::target_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  static_cast<void>(curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_GUESS_SCHEME));
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return std::string();
    std::string copied(text);
    curl_free(text);
    std::ranges::transform(copied, copied.begin(), [](unsigned char c) { return std::tolower(c); });
    return copied;
  };
  Target target{.host = part(CURLUPART_HOST), .port = part(CURLUPART_PORT)};
  target.line = target.host + " " + target.port;
  return target;
}

Client::Core::Core(ClientOptions options)
    : options_(std::move(options)), queue_(options_.connections_per_host_max, options_.connections_max) {
  multi_ = curl_multi_init();
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (multi_ == nullptr || epoll_ < 0 || wake_ < 0)
    throw std::runtime_error("no descriptors left for the HTTP client");
  epoll_event event{.events = EPOLLIN, .data = {.fd = wake_}};
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
  set(multi_, CURLMOPT_SOCKETFUNCTION, &Core::on_socket);
  set(multi_, CURLMOPT_SOCKETDATA, this);
  set(multi_, CURLMOPT_TIMERFUNCTION, &Core::on_timer);
  set(multi_, CURLMOPT_TIMERDATA, this);
  set(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(options_.connections_per_host_max));
  set(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(options_.connections_max));
  set(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(std::min<std::size_t>(options_.connections_max, 1024)));
  set(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  names_.emplace(options_.names, [this](std::function<void()> job) {
    post(Later{.when = TimePoint::min(), .run = std::move(job)});
  });
  thread_ = std::thread([this] { run(); });
}

Client::Core::~Core() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  static_cast<void>(::eventfd_write(wake_, 1));
  thread_.join();
  names_.reset();  // tells who waits, by the descriptor that is closed below
  for (auto* handle : idle_handles_) curl_easy_cleanup(handle);
  curl_multi_cleanup(multi_);
  ::close(wake_);
  ::close(epoll_);
}

void Client::Core::fetch(Fetch request, FetchDone done) {
  static auto& refused =
      counter("portico_http_client_refused_total", "Outgoing HTTP requests refused: too many under way");
  if (is_stopping()) {
    return done(
        {.answer = tl::unexpected(FetchError{FetchFailure::cancelled, "the HTTP client was stopped"})});
  }
  if (pending_.fetch_add(1) >= options_.pending_max) {
    pending_.fetch_sub(1);
    refused.add();
    post(Later{.when = TimePoint::min(), .run = [done = std::move(done)] {
                 done({.answer = tl::unexpected(
                           FetchError{FetchFailure::busy, "too many HTTP requests are under way"})});
               }});
    return;
  }
  post(Asked{.request = std::move(request), .done = std::move(done), .at = Clock::now()});
}

void Client::Core::after(Millis delay, std::function<void()> run) {
  post(Later{.when = Clock::now() + delay, .run = std::move(run)});
}

void Client::Core::post(Command command) {
  bool was_empty = false;
  {
    const std::lock_guard lock(mutex_);
    was_empty = commands_.empty();
    commands_.push_back(std::move(command));
  }
  // Where commands wait, a wake-up is on its way already.
  if (was_empty) static_cast<void>(::eventfd_write(wake_, 1));
}

void Client::Core::run() {
  pthread_setname_np(pthread_self(), "http-client");
  // CURLOPT_NOSIGNAL leaves this to us: a TLS library may write to a connection that is gone.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  while (!is_stopping()) {
    guarded([this] {
      take_commands();
      start_waiting();
      wait_and_act();
      collect_finished();
      run_limits();
      run_later();
    });
  }
  cancel_all();
}

bool Client::Core::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Client::Core::take_commands() {
  std::vector<Command> commands;
  {
    const std::lock_guard lock(mutex_);
    commands.swap(commands_);
  }
  for (auto& command : commands) {
    if (auto* asked = std::get_if<Asked>(&command)) {
      guarded([&] { take(std::move(*asked)); });
    } else {
      auto& later = std::get<Later>(command);
      later_.emplace(later.when, std::move(later.run));
    }
  }
}

CURL* Client::Core::take_handle() {
  if (idle_handles_.empty()) return curl_easy_init();
  auto* handle = idle_handles_.back();
  idle_handles_.pop_back();
  return handle;
}

void Client::Core::take(Asked asked) {
  const auto id = next_id_++;
  const auto until = asked.at + asked.request.total_timeout;
  auto target = target_of(asked.request.url);
  target.asker = asked.request.asker;
  auto transfer =
      std::make_unique<Transfer>(id, std::move(asked.request), std::move(asked.done), asked.at, *this);
  const auto [added, anew] =
      under_way_.emplace(id, UnderWay{.transfer = std::move(transfer), .target = std::move(target)});
  queue_.add(added->second.target.line, added->second.target.asker, id);
  arm(id, until);
}

void Client::Core::start_waiting() {
  while (const auto id = queue_.next()) {
    if (is_wanted(*id)) start(*id);
  }
}

bool Client::Core::is_wanted(std::uint64_t id) {
  if (under_way_.at(id).transfer->is_wanted()) return true;
  fail(id, FetchFailure::cancelled, "nobody waits for the answer any more");
  return false;
}

void Client::Core::start(std::uint64_t id) {
  const auto host = under_way_.at(id).target.host;
  if (!HostNames::is_looked_up(host)) return begin(id, {});
  names_->look_up(host, Clock::now(), [this, id](const Result<Addresses>& found) {
    if (!under_way_.contains(id)) return;  // it was late
    if (!found)
      return fail(id, FetchFailure::resolve, "the host name was not resolved: " + found.error().what);
    if (is_wanted(id)) begin(id, *found);
  });
  const auto it = under_way_.find(id);
  if (it != under_way_.end() && it->second.transfer->easy() == nullptr) it->second.transfer->wait_for_name();
}

void Client::Core::begin(std::uint64_t id, const Addresses& addresses) {
  auto& [transfer, target, armed] = under_way_.at(id);
  auto* easy = take_handle();
  if (const auto prepared = transfer->prepare(easy, options_); !prepared)
    return fail(id, FetchFailure::protocol, prepared.error().what);
  if (!addresses.empty())
    transfer->go_to(resolve_entry(target.host, target.port, addresses), addresses.size());
  curl_multi_add_handle(multi_, easy);
}

void Client::Core::fail(std::uint64_t id, FetchFailure kind, const std::string& what) {
  const auto failed = take_out(id);
  guarded([&] { failed->finish_failed(kind, what, Clock::now()); });
  retire(*failed);
}

int Client::Core::wait_ms(TimePoint now) const {
  auto until = curl_deadline_;
  if (!limits_.empty()) until = std::min(until, limits_.begin()->first);
  if (!later_.empty()) until = std::min(until, later_.begin()->first);
  if (until == kNever) return -1;
  if (until <= now) return 0;
  // Rounded up: waking before the time would spin.
  const auto left = std::chrono::ceil<Millis>(until - now).count();
  return static_cast<int>(std::min<std::int64_t>(left, INT_MAX));
}

void Client::Core::wait_and_act() {
  std::array<epoll_event, 128> events;
  const auto count =
      ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_ms(Clock::now()));
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    if (event.data.fd != wake_) {
      act(event.data.fd, event.events);
      continue;
    }
    eventfd_t ignored = 0;
    static_cast<void>(::eventfd_read(wake_, &ignored));
  }
  if (Clock::now() < curl_deadline_) return;
  curl_deadline_ = kNever;
  int still_running = 0;
  curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &still_running);
}

void Client::Core::act(int fd, unsigned events) {
  int what = 0;
  if ((events & EPOLLIN) != 0) what |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0) what |= CURL_CSELECT_OUT;
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) what |= CURL_CSELECT_ERR;
  int still_running = 0;
  curl_multi_socket_action(multi_, fd, what, &still_running);
}

int Client::Core::on_socket(CURL*, curl_socket_t fd, int what, void* self, void* known) {
  auto& core = *static_cast<Core*>(self);
  if (what == CURL_POLL_REMOVE) {
    ::epoll_ctl(core.epoll_, EPOLL_CTL_DEL, fd, nullptr);
    return 0;
  }
  epoll_event event{.data = {.fd = fd}};
  if (what != CURL_POLL_OUT) event.events |= EPOLLIN;
  if (what != CURL_POLL_IN) event.events |= EPOLLOUT;
  ::epoll_ctl(core.epoll_, known == nullptr ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &event);
  if (known == nullptr) curl_multi_assign(core.multi_, fd, self);
  return 0;
}

int Client::Core::on_timer(CURLM*, long timeout_ms, void* self) {
  auto& core = *static_cast<Core*>(self);
  core.curl_deadline_ = timeout_ms < 0 ? kNever : Clock::now() + Millis(timeout_ms);
  return 0;
}

void Client::Core::arm(std::uint64_t transfer, TimePoint when) {
  const auto it = under_way_.find(transfer);
  if (it == under_way_.end() || it->second.armed == when) return;
  limits_.erase({it->second.armed, transfer});
  it->second.armed = when;
  limits_.emplace(when, transfer);
}

void Client::Core::collect_finished() {
  int left = 0;
  while (auto* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const auto code = message->data.result;
    Transfer* known = nullptr;
    static_cast<void>(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &known));
    const auto transfer = take_out(known->id());
    guarded([&] { transfer->finish(code, Clock::now()); });
    retire(*transfer);
  }
}

void Client::Core::run_limits() {
  const auto now = Clock::now();
  while (!limits_.empty() && limits_.begin()->first <= now) {
    const auto id = limits_.begin()->second;
    if (!under_way_.at(id).transfer->is_late(now)) continue;
    const auto transfer = take_out(id);
    guarded([&] { transfer->finish_late(now); });
    retire(*transfer);
  }
}

void Client::Core::run_later() {
  const auto now = Clock::now();
  while (!later_.empty() && later_.begin()->first <= now) {
    const auto node = later_.extract(later_.begin());
    guarded(node.mapped());
  }
}

std::unique_ptr<Transfer> Client::Core::take_out(std::uint64_t id) {
  const auto it = under_way_.find(id);
  auto transfer = std::move(it->second.transfer);
  limits_.erase({it->second.armed, id});
  queue_.remove(it->second.target.line, it->second.target.asker, id);
  under_way_.erase(it);
  pending_.fetch_sub(1);
  return transfer;
}

void Client::Core::retire(Transfer& transfer) {
  if (transfer.easy() == nullptr) return;  // it was never started
  curl_multi_remove_handle(multi_, transfer.easy());
  if (idle_handles_.size() >= kIdleHandlesMax) return curl_easy_cleanup(transfer.easy());
  curl_easy_reset(transfer.easy());
  idle_handles_.push_back(transfer.easy());
}

void Client::Core::cancel_all() {
  take_commands();
  while (!under_way_.empty()) {
    const auto transfer = take_out(under_way_.begin()->first);
    guarded([&] {
      transfer->finish_failed(FetchFailure::cancelled, "the HTTP client was stopped", Clock::now());
    });
    retire(*transfer);
  }
}

}  // namespace portico::http
