#include "net/dns_thread.h"

#include <ares.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <optional>
#include <thread>
#include <tuple>
#include <unordered_map>

#include "base/attempt.h"
#include "base/counters.h"
#include "base/log.h"

namespace portico::net {
namespace {

Error as_error(int status) {
  const std::string what = ares_strerror(status);
  switch (status) {
    case ARES_ENODATA:
    case ARES_ENOTFOUND:
      return {Code::not_found, what};
    case ARES_ETIMEOUT:
      return {Code::timeout, what};
    case ARES_EBADNAME:
    case ARES_EBADQUERY:
    case ARES_EFORMERR:
      return {Code::invalid, what};
    case ARES_ECANCELLED:
    case ARES_EDESTRUCTION:
      return {Code::cancelled, what};
    default:
      return {Code::unavailable, what};
  }
}

int family_of(DnsType type) {
  if (type == DnsType::a) return AF_INET;
  return type == DnsType::aaaa ? AF_INET6 : AF_UNSPEC;
}

Result<DnsAnswer> read_addresses(const ares_addrinfo& found) {
  std::vector<IpAddress> addresses;
  auto ttl = std::chrono::duration_cast<std::chrono::seconds>(limits::kDnsTtlMax);
  for (const auto* node = found.nodes; node != nullptr && addresses.size() < limits::kDnsRecordsMax;
       node = node->ai_next) {
    const auto ip = from_sockaddr(*node->ai_addr).ip;
    if (std::find(addresses.begin(), addresses.end(), ip) == addresses.end()) addresses.push_back(ip);
    ttl = std::min(ttl, std::chrono::seconds(std::max(node->ai_ttl, 0)));
  }
  for (const auto* alias = found.cnames; alias != nullptr; alias = alias->next)
    ttl = std::min(ttl, std::chrono::seconds(std::max(alias->ttl, 0)));
  if (addresses.empty()) return fail(Code::not_found, "no such record");
  return DnsAnswer{.records = std::move(addresses), .ttl = ttl};
}

void guarded(const std::function<void()>& run) {
  try {
    run();
  } catch (const std::exception& e) {
    log::error("a job of the resolver ended by an exception", {{"what", e.what()}});
  }
}

// Differs once a file was written or replaced.
using FileMark = std::tuple<ino_t, off_t, std::int64_t, std::int64_t>;
std::optional<FileMark> mark_of(const std::string& path) {
  struct stat file{};
  if (::stat(path.c_str(), &file) != 0) return std::nullopt;
  return FileMark(file.st_ino, file.st_size, file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
}

struct Asked {
  DnsQuestion question;
  DnsThread::Told told;
};

}  // namespace

struct DnsThread::State {
  explicit State(ResolverOptions how) : options(std::move(how)), cache(options.cache_max) {}
  ~State() {
    if (wake_fd >= 0) ::close(wake_fd);
  }

  Result<void> open() {
    static const int library = ares_library_init(ARES_LIB_INIT_ALL);
    if (library != ARES_SUCCESS) return fail(as_error(library));
    wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (wake_fd < 0) return fail(Code::unavailable, "no descriptor for the resolver");
    servers_seen = mark_of(options.servers_file);
    return open_channel(channel);
  }

  Result<void> open_channel(ares_channel& opened) {
    ares_options settings{};
    settings.timeout = static_cast<int>(std::chrono::duration_cast<Millis>(options.timeout).count());
    settings.tries = options.tries;
    settings.sock_state_cb = [](void* self, ares_socket_t fd, int read, int write) {
      static_cast<State*>(self)->watch(fd, read != 0, write != 0);
    };
    settings.sock_state_cb_data = this;
    settings.resolvconf_path = options.servers_file.data();
    settings.udp_port = settings.tcp_port = options.port;
    int given = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB | ARES_OPT_RESOLVCONF |
                ARES_OPT_UDP_PORT | ARES_OPT_TCP_PORT;
    if (!options.search_domains) given |= ARES_OPT_DOMAINS;  // none
    const int status = ares_init_options(&opened, &settings, given);
    if (status != ARES_SUCCESS) return fail(as_error(status));
    return use(opened, options.servers);
  }

  static Result<void> use(ares_channel opened, const std::vector<Endpoint>& servers) {
    if (servers.empty()) return {};
    std::string list;
    for (const auto& server : servers) list += (list.empty() ? "" : ",") + server.to_string();
    const int status = ares_set_servers_ports_csv(opened, list.c_str());
    if (status != ARES_SUCCESS)
      return fail(Code::invalid, "DNS servers " + list + ": " + ares_strerror(status));
    return {};
  }

  // A machine that moves to another network has other servers: who waits for the old ones is asked for again.
  void follow_servers_file() {
    if (!options.servers.empty()) return;
    const auto mark = mark_of(options.servers_file);
    if (!mark || mark == servers_seen) return;
    ares_channel fresh = nullptr;
    if (const auto opened = open_channel(fresh); !opened) {
      log::warn("the name servers could not be read again", {{"why", opened.error().what}});
      return;
    }
    servers_seen = mark;
    ask_again.reserve(waiting.size());
    moving = true;
    ares_destroy(std::exchange(channel, fresh));
    moving = false;
    for (const auto& question : std::exchange(ask_again, {})) look_up_or_tell(question);
  }

  void watch(int fd, bool read, bool write) {
    if (!read && !write) {
      watched.erase(fd);
      return;
    }
    watched[fd] = static_cast<short>((read ? POLLIN : 0) | (write ? POLLOUT : 0));
  }

  void run() {
    while (take_questions()) guarded([this] { wait_and_process(); });
    ares_destroy(channel);  // tells everybody who waits
    channel = nullptr;
  }

  // False when it is time to stop.
  bool take_questions() {
    std::vector<Asked> taken;
    bool stop = false;
    {
      const std::lock_guard lock(mutex);
      taken.swap(asked);
      stop = stopping;
    }
    for (auto& one : taken) {
      if (stop) answer_one(one.told, fail(Code::cancelled, "the resolver is closed"));
      if (!stop) guarded([&] { begin(std::move(one)); });
    }
    return !stop;
  }

  void answer_one(const Told& told, const Result<DnsRecords>& outcome) {
    {
      const std::lock_guard lock(mutex);
      --pending;
    }
    guarded([&] { told(outcome); });
  }

  void begin(Asked asked_now) {
    if (const auto* known = cache.find(Clock::now(), asked_now.question))
      return answer_one(asked_now.told, *known);
    guarded([this] { follow_servers_file(); });
    auto& waiters = waiting[asked_now.question];
    waiters.push_back(std::move(asked_now.told));
    if (waiters.size() == 1) look_up_or_tell(asked_now.question);
  }

  void look_up_or_tell(const DnsQuestion& question) {
    const auto begun = attempt([&]() -> Result<void> {
      look_up(question);
      return {};
    });
    if (!begun) tell(question, fail(begun.error()));
  }

  struct Lookup {
    State* state;
    DnsQuestion question;
  };

  void look_up(const DnsQuestion& question) {
    auto* lookup = new Lookup{this, question};  // freed by the callback, which c-ares always makes
    if (question.type == DnsType::srv)
      return ares_query(channel, question.name.c_str(), 1, 33, on_message, lookup);
    if (question.type == DnsType::naptr)
      return ares_query(channel, question.name.c_str(), 1, 35, on_message, lookup);
    ares_addrinfo_hints hints{};
    hints.ai_family = family_of(question.type);
    hints.ai_flags = ARES_AI_NOSORT;
    ares_getaddrinfo(channel, question.name.c_str(), nullptr, &hints, on_addresses, lookup);
  }

  static void on_message(void* arg, int status, int, unsigned char* bytes, int size) {
    const std::unique_ptr<Lookup> lookup(static_cast<Lookup*>(arg));
    if (lookup->state->moving) return lookup->state->ask_again.push_back(std::move(lookup->question));
    lookup->state->tell(lookup->question, attempt([&]() -> Result<DnsAnswer> {
                          if (status != ARES_SUCCESS) return fail(as_error(status));
                          const ByteView message(bytes, static_cast<std::size_t>(size));
                          const bool srv = lookup->question.type == DnsType::srv;
                          return srv ? parse_srv_answer(message) : parse_naptr_answer(message);
                        }));
  }

  static void on_addresses(void* arg, int status, int, ares_addrinfo* found) {
    const std::unique_ptr<Lookup> lookup(static_cast<Lookup*>(arg));
    const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> owned(found, ares_freeaddrinfo);
    if (lookup->state->moving) return lookup->state->ask_again.push_back(std::move(lookup->question));
    lookup->state->tell(lookup->question, attempt([&]() -> Result<DnsAnswer> {
                          if (status != ARES_SUCCESS || !found) return fail(as_error(status));
                          return read_addresses(*found);
                        }));
  }

  // Throws nothing, as its callers are called by c-ares.
  void tell(const DnsQuestion& question, const Result<DnsAnswer>& answer) {
    guarded([&] { cache.put(Clock::now(), question, answer); });
    auto waiters = waiting.extract(question);
    if (waiters.empty()) return;
    const auto outcome = attempt([&]() -> Result<DnsRecords> {
      if (!answer) return fail(answer.error());
      return answer->records;
    });
    for (const auto& told : waiters.mapped()) answer_one(told, outcome);
  }

  void wait_and_process() {
    std::vector<pollfd> polls{{.fd = wake_fd, .events = POLLIN, .revents = 0}};
    for (const auto& [fd, events] : watched) polls.push_back({.fd = fd, .events = events, .revents = 0});
    timeval most{.tv_sec = 3600, .tv_usec = 0};
    timeval room{};
    const auto* next = ares_timeout(channel, &most, &room);
    const auto millis = static_cast<int>(next->tv_sec * 1000 + next->tv_usec / 1000 + 1);
    const int n = ::poll(polls.data(), polls.size(), millis);
    std::uint64_t wakes = 0;
    if (n > 0 && polls[0].revents != 0) [[maybe_unused]]
      const auto drained = ::read(wake_fd, &wakes, sizeof wakes);
    for (std::size_t i = 1; n > 0 && i < polls.size(); ++i) {
      const auto got = polls[i].revents;
      const bool readable = (got & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool writable = (got & (POLLOUT | POLLERR | POLLHUP)) != 0;
      if (readable || writable)
        ares_process_fd(channel, readable ? polls[i].fd : ARES_SOCKET_BAD,
                        writable ? polls[i].fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // timeouts
  }

  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_fd, &one, sizeof one);
  }

  std::mutex mutex;  // of the next three
  std::vector<Asked> asked;
  std::size_t pending = 0;  // asked and not yet told
  bool stopping = false;

  ResolverOptions options;
  std::optional<FileMark> servers_seen;
  bool moving = false;                 // from one channel to the next
  std::vector<DnsQuestion> ask_again;  // there
  int wake_fd = -1;
  ares_channel channel = nullptr;
  std::unordered_map<int, short> watched;
  DnsCache cache;
  std::map<DnsQuestion, std::vector<Told>> waiting;
  std::thread thread;
};

DnsThread::DnsThread(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<DnsThread>> DnsThread::start(const ResolverOptions& options) {
  auto state = std::make_unique<State>(options);
  if (auto opened = state->open(); !opened) {
    if (state->channel != nullptr) ares_destroy(state->channel);
    return fail(opened.error());
  }
  state->thread = std::thread([s = state.get()] {
    pthread_setname_np(pthread_self(), "dns");
    s->run();
  });
  return std::unique_ptr<DnsThread>(new DnsThread(std::move(state)));
}

DnsThread::~DnsThread() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake();
  state_->thread.join();
}

void DnsThread::ask(DnsQuestion question, Told told) {
  static auto& busy =
      counter("portico_dns_refused_total", "DNS questions refused because too many are under way");
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->pending < limits::kDnsPendingMax) {
      ++state_->pending;
      state_->asked.push_back({std::move(question), std::move(told)});
      return state_->wake();
    }
  }
  busy.add();
  told(fail(Code::busy, "too many DNS questions are under way"));
}

}  // namespace portico::net
