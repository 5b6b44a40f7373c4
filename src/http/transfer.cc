#include "http/transfer.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "http/target.h"
#include "http/url.h"
#include "net/tls_context.h"

namespace portico::http {
namespace {

constexpr auto kNudgeEvery = 50ms;
constexpr auto kCrossedInFlight = 500ms;  // a request and the end of the connection that it was sent on
// For an address that is not the last: a far server takes a third of the least, a packet that got lost comes
// again within the most.
constexpr Duration kTryLeast = 1s;
constexpr Duration kTryMost = 3s;

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
  // Fails only for options that this libcurl does not know, which the build would have shown.
  static_cast<void>(curl_easy_setopt(easy, option, value));
}

// What libcurl calls must not throw through it: it would take nothing more from us.
template <typename Value, typename Step>
Value in_curl(Value failed, Step&& step) {
  try {
    return step();
  } catch (const std::exception&) {
    return failed;
  }
}

std::chrono::microseconds time_info(CURL* easy, CURLINFO info) {
  curl_off_t micros = 0;
  static_cast<void>(curl_easy_getinfo(easy, info, &micros));
  return std::chrono::microseconds(micros);
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

template <typename Test>
bool any_coding(std::string_view list, Test&& test) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const auto coding = trim(list.substr(0, comma));
    if (!coding.empty() && test(coding)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// Whether the body comes as it is (RFC 9112 section 7): curl decodes other codings asked for or not, and some
// bytes of them could keep the thread busy for hours.
bool is_plain_framing(std::string_view codings) {
  return !any_coding(codings, [](std::string_view coding) {
    return !equal_names(coding, "chunked") && !equal_names(coding, "identity");
  });
}

// Stores and backends write other words there too, aws-chunked or UTF-8, which say nothing of the body.
bool is_compressed(const Headers& headers) {
  static constexpr std::array<std::string_view, 7> kCompressions{
      "gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd"};
  const auto is_one = [](std::string_view coding) {
    return std::ranges::any_of(kCompressions, [&](auto known) { return equal_names(coding, known); });
  };
  return std::ranges::any_of(headers, [&](const auto& field) {
    return equal_names(field.first, "Content-Encoding") && any_coding(field.second, is_one);
  });
}

}  // namespace

Transfer::Transfer(std::uint64_t id, Fetch request, FetchDone done, TimePoint asked, TransferHost& host)
    : id_(id), request_(std::move(request)), done_(std::move(done)), asked_(asked), host_(host) {}

Transfer::~Transfer() {
  curl_slist_free_all(fields_);
  curl_slist_free_all(resolve_);
  forget_tries();
  close_file(false);
}

Result<void> Transfer::prepare(CURL* easy, const ClientOptions& options) {
  easy_ = easy;
  options_ = &options;
  if (!request_.body_file.empty()) {
    file_ = ::open(request_.body_file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file_ < 0) return fail(Code::internal, "cannot create the file for an answer's body");
  }
  set(easy_, CURLOPT_URL, request_.url.c_str());
  set_message();
  set_connection(options);
  set_callbacks();
  return {};
}

void Transfer::go_to(const std::string& entry, std::size_t addresses) {
  resolve_ = curl_slist_append(nullptr, entry.c_str());
  set(easy_, CURLOPT_RESOLVE, resolve_);
  addresses_left_ = addresses;
}

void Transfer::set_message() {
  const auto& method = request_.method;
  const bool has_body = !request_.body.empty() || (method != "GET" && method != "HEAD" && method != "DELETE");
  if (has_body) {
    set(easy_, CURLOPT_POST, 1L);
    set(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(easy_, CURLOPT_POSTFIELDS, request_.body.c_str());
  }
  if (method == "HEAD") set(easy_, CURLOPT_NOBODY, 1L);
  if (method != (has_body ? "POST" : "GET") && method != "HEAD") {
    set(easy_, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
  for (const auto& [name, value] : request_.headers) {
    fields_ = curl_slist_append(fields_, (name + ": " + value).c_str());
  }
  fields_ = curl_slist_append(fields_, "Expect:");  // curl waits a second for 100 Continue otherwise
  set(easy_, CURLOPT_HTTPHEADER, fields_);
  if (request_.username.empty() && request_.password.empty()) return;
  set(easy_, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  set(easy_, CURLOPT_USERNAME, request_.username.c_str());
  set(easy_, CURLOPT_PASSWORD, request_.password.c_str());
}

void Transfer::set_connection(const ClientOptions& options) {
  set(easy_, CURLOPT_NOSIGNAL, 1L);
  set(easy_, CURLOPT_PROXY, "");  // the address that is checked must be the target's
  set(easy_, CURLOPT_PROTOCOLS_STR, "http,https");
  set(easy_, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy_, CURLOPT_USERAGENT, options.user_agent.c_str());
  set(easy_, CURLOPT_FOLLOWLOCATION, request_.redirects_max > 0 ? 1L : 0L);
  set(easy_, CURLOPT_MAXREDIRS, static_cast<long>(request_.redirects_max));
  set(easy_, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(easy_, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.body_bytes_max));
  set(easy_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) set(easy_, CURLOPT_CAINFO, options.ca_file.c_str());
  // Limits are our own (is_late): curl's do not run while a request waits for a free connection.
  set(easy_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.total_timeout.count()) + 1000L);
  // A name server that does not answer must not hold up the thread when its asker gives up.
  set(easy_, CURLOPT_QUICK_EXIT, 1L);
  set(easy_, CURLOPT_ERRORBUFFER, error_text_);
}

void Transfer::set_callbacks() {
  set(easy_, CURLOPT_PRIVATE, this);
  set(easy_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(easy_, CURLOPT_WRITEDATA, this);
  set(easy_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  set(easy_, CURLOPT_HEADERDATA, this);
  set(easy_, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open_socket);
  set(easy_, CURLOPT_OPENSOCKETDATA, this);
  set(easy_, CURLOPT_RESOLVER_START_FUNCTION, &Transfer::on_resolve);
  set(easy_, CURLOPT_RESOLVER_START_DATA, this);
  set(easy_, CURLOPT_SSL_CTX_FUNCTION, &Transfer::on_handshake);
  set(easy_, CURLOPT_SSL_CTX_DATA, this);
  set(easy_, CURLOPT_PREREQFUNCTION, &Transfer::on_request);
  set(easy_, CURLOPT_PREREQDATA, this);
}

int Transfer::on_resolve(void*, void*, void* self) {
  return in_curl(1, [&] {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.addresses_left_ = 0;  // curl looks up the host of a redirect, and does not say how many it has
    transfer.enter(Stage::resolving);
    return 0;
  });
}

CURLcode Transfer::on_handshake(CURL*, void* context, void* self) {
  return in_curl(CURLE_OUT_OF_MEMORY, [&] {
    net::harden(static_cast<ssl_ctx_st*>(context));  // this curl is built on OpenSSL (docs/adr/0010)
    static_cast<Transfer*>(self)->enter(Stage::securing);
    return CURLE_OK;
  });
}

curl_socket_t Transfer::on_open_socket(void* self, curlsocktype, curl_sockaddr* address) {
  return in_curl(curl_socket_t{CURL_SOCKET_BAD},
                 [&] { return static_cast<Transfer*>(self)->open_socket(*address); });
}

curl_socket_t Transfer::open_socket(const curl_sockaddr& address) {
  if (addresses_left_ > 0) --addresses_left_;
  enter(Stage::connecting);
  const auto endpoint = from_sockaddr(address.addr);
  const bool allowed = options_->allow_private_targets || is_public_target(endpoint.ip);
  if (!allowed || is_link_local_target(endpoint.ip) || is_own_target(endpoint, options_->own_listeners)) {
    // Of a name's several addresses another one may do.
    refused_target_ = !opened_socket_;
    host_.arm(id_, next_look(Clock::now()));
    return CURL_SOCKET_BAD;
  }
  const auto fd = ::socket(address.family, address.socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.protocol);
  refused_target_ = false;
  if (fd < 0) {
    host_.arm(id_, next_look(Clock::now()));
    return CURL_SOCKET_BAD;
  }
  opened_socket_ = true;
  opened_connection_ = true;
  host_.on_connection_opened();
  share_limit(address.family, fd);
  return fd;
}

void Transfer::share_limit(int family, int fd) {
  std::erase_if(tries_,
                [&](const Try& before) { return before.family == family && ::close(before.fd) == 0; });
  const auto now = Clock::now();
  const auto share = (limit() - now) / static_cast<std::int64_t>(addresses_left_ + 1);
  const auto same = addresses_left_ > 0 ? ::fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
  if (same >= 0)
    tries_.push_back(
        {.family = family, .fd = same, .until = now + std::clamp<Duration>(share, kTryLeast, kTryMost)});
  host_.arm(id_, next_look(now));
}

TimePoint Transfer::next_look(TimePoint now) const {
  auto next = limit();
  if (stage_ == Stage::connecting) next = std::min(next, now + kNudgeEvery);
  for (const auto& one : tries_) next = std::min(next, one.until);
  return next;
}

// A socket that is shut down while it connects has failed, and curl goes on to the next address.
void Transfer::end_late_tries(TimePoint now) {
  std::erase_if(tries_, [&](const Try& one) {
    if (one.until > now) return false;
    ::shutdown(one.fd, SHUT_RDWR);
    ::close(one.fd);
    return true;
  });
}

// When an address fails, curl 7.88 comes to the next one once something has it run, and nothing else does.
void Transfer::nudge() const {
  static_cast<void>(curl_easy_pause(easy_, CURLPAUSE_RECV));
  static_cast<void>(curl_easy_pause(easy_, CURLPAUSE_CONT));
}

void Transfer::forget_tries() {
  for (const auto& one : tries_) ::close(one.fd);
  tries_.clear();
}

int Transfer::on_request(void* self, char*, char*, int, int) {
  return in_curl(CURL_PREREQFUNC_ABORT, [&] {
    auto& transfer = *static_cast<Transfer*>(self);
    transfer.unwanted_ = !transfer.is_wanted();
    if (transfer.unwanted_ || !transfer.may_send_now()) return CURL_PREREQFUNC_ABORT;
    transfer.enter(Stage::waiting);
    return CURL_PREREQFUNC_OK;
  });
}

// When a connection kept alive ends without a byte of the answer, curl sends the request again on another
// one. Right after it was sent it met a connection that the server had closed already; later the server may
// well have acted on it (RFC 9110 section 9.2.2).
bool Transfer::may_send_now() {
  const auto now = Clock::now();
  const auto sent = std::exchange(sent_, now);
  const auto lost = std::exchange(lost_, std::nullopt).value_or(now);
  broken_off_ = sent && request_.redirects_max == 0 && lost - *sent > kCrossedInFlight;
  return !broken_off_;
}

void Transfer::enter(Stage stage) {
  const auto before = std::exchange(stage_, stage);
  if (before == Stage::waiting && stage != Stage::receiving) lost_ = Clock::now();
  const bool connecting = stage == Stage::resolving || stage == Stage::connecting;
  const bool was_connecting = before == Stage::resolving || before == Stage::connecting;
  if (connecting && was_connecting) return;  // a name's second address shares the limit of the first
  opened_socket_ = false;
  forget_tries();
  auto span = Millis(0);
  if (connecting) span = request_.connect_timeout;
  if (stage == Stage::securing) span = request_.tls_timeout;
  if (stage == Stage::waiting) span = request_.first_byte_timeout;
  const bool was_limited = stage_deadline_ != kNever;
  stage_deadline_ = span.count() > 0 ? Clock::now() + span : kNever;
  const auto total = asked_ + request_.total_timeout;
  // Most requests go out on a connection kept alive and arm nothing but their total limit, once.
  if (was_limited || stage_deadline_ < total) host_.arm(id_, std::min(stage_deadline_, total));
}

bool Transfer::is_late(TimePoint now) {
  if (now >= limit()) return true;
  end_late_tries(now);
  if (stage_ == Stage::connecting) nudge();
  host_.arm(id_, next_look(now));
  return false;
}

std::size_t Transfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  const bool taken =
      in_curl(false, [&] { return static_cast<Transfer*>(self)->take_header_line({bytes, size * count}); });
  return taken ? size * count : 0;
}

bool Transfer::take_header_line(std::string_view line) {
  if (stage_ == Stage::waiting) {
    enter(Stage::receiving);
    addresses_left_ = 0;  // a redirect leads to another name's
  }
  head_bytes_ += line.size();
  if (head_bytes_ > limits::kHttpClientHeaderBytesMax) {
    too_large_ = true;
    return false;
  }
  if (line.starts_with("HTTP/")) {  // the answer proper, after 1xx or a redirect
    answer_.headers = {};
    return true;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  const auto name = line.substr(0, colon);
  const auto value = trim(line.substr(colon + 1));
  coded_ = equal_names(name, "Transfer-Encoding") && !is_plain_framing(value);
  answer_.headers.add(std::string(name), std::string(value));
  return !coded_;
}

std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  const bool taken =
      in_curl(false, [&] { return static_cast<Transfer*>(self)->take_body({bytes, size * count}); });
  return taken ? size * count : 0;
}

bool Transfer::take_body(std::string_view bytes) {
  if (answer_.body_bytes + bytes.size() > request_.body_bytes_max) {
    too_large_ = true;
    return false;
  }
  answer_.body_bytes += bytes.size();
  no_room_ = file_ >= 0 && request_.may_write && !request_.may_write(bytes.size());
  if (no_room_) return false;
  if (file_ >= 0) return write_file(bytes);
  answer_.body += bytes;
  return true;
}

bool Transfer::write_file(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      file_failed_ = true;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void Transfer::close_file(bool keep) {
  if (file_ < 0) return;
  ::close(std::exchange(file_, -1));
  if (!keep) ::unlink(request_.body_file.c_str());
}

FetchFailure Transfer::late_kind() const {
  switch (stage_) {
    case Stage::resolving:
      return FetchFailure::resolve;
    case Stage::connecting:
      return FetchFailure::connect;
    case Stage::securing:
      return FetchFailure::tls;
    case Stage::queued:
    case Stage::waiting:
    case Stage::receiving:
      break;
  }
  return FetchFailure::timeout;
}

int Transfer::status() const {
  long status = 0;
  static_cast<void>(curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status));
  return static_cast<int>(status);
}

FetchError Transfer::explain(CURLcode code) const {
  const std::string what = error_text_[0] != '\0' ? error_text_ : curl_easy_strerror(code);
  if (refused_target_) {
    return {FetchFailure::refused_target, "the URL leads to an address that this server refuses"};
  }
  if (unwanted_) return {FetchFailure::cancelled, "nobody waits for the answer any more"};
  if (too_large_ || code == CURLE_FILESIZE_EXCEEDED) {
    const bool body = head_bytes_ <= limits::kHttpClientHeaderBytesMax;
    return {FetchFailure::too_large,
            "the answer is longer than " + std::to_string(request_.body_bytes_max) + " bytes",
            body ? status() : 0};
  }
  if (coded_) {
    return {FetchFailure::protocol, "the answer has a transfer coding that was not asked for", status()};
  }
  if (broken_off_) return {FetchFailure::protocol, "the connection ended before an answer came"};
  if (no_room_) return {FetchFailure::busy, "too much is being fetched to take more"};
  if (file_failed_) return {FetchFailure::protocol, "the answer could not be written to disk"};
  switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
      // Also what curl says of an answer without a status line.
      if (stage_ == Stage::waiting || stage_ == Stage::receiving) return {FetchFailure::protocol, what};
      return {FetchFailure::refused_target, "only http and https are allowed"};
    case CURLE_COULDNT_RESOLVE_HOST:
      return {FetchFailure::resolve, what};
    case CURLE_COULDNT_CONNECT:
      return {FetchFailure::connect, what};
    case CURLE_OPERATION_TIMEDOUT:
      return {late_kind(), what};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_PEER_FAILED_VERIFICATION:
      return {FetchFailure::tls, what};
    default:
      return {FetchFailure::protocol, what};
  }
}

FetchTimings Transfer::timings(TimePoint now) const {
  FetchTimings times;
  times.total = std::chrono::duration_cast<std::chrono::microseconds>(now - asked_);
  times.new_connection = opened_connection_;
  if (easy_ == nullptr) return times;
  times.resolved = time_info(easy_, CURLINFO_NAMELOOKUP_TIME_T);
  times.connected = time_info(easy_, CURLINFO_CONNECT_TIME_T);
  times.secured = time_info(easy_, CURLINFO_APPCONNECT_TIME_T);
  times.first_byte = time_info(easy_, CURLINFO_STARTTRANSFER_TIME_T);
  return times;
}

void Transfer::tell(tl::expected<Fetched, FetchError> answer, TimePoint now) {
  close_file(answer.has_value());
  const auto done = std::exchange(done_, nullptr);
  if (done) done({.answer = std::move(answer), .timings = timings(now)});
}

void Transfer::finish(CURLcode code, TimePoint now) {
  if (code != CURLE_OK) return tell(tl::unexpected(explain(code)), now);
  if (is_compressed(answer_.headers)) {
    return tell(tl::unexpected(FetchError{FetchFailure::protocol,
                                          "the answer is compressed, which was not asked for", status()}),
                now);
  }
  char* url = nullptr;
  static_cast<void>(curl_easy_getinfo(easy_, CURLINFO_EFFECTIVE_URL, &url));
  answer_.status = status();
  answer_.url = request_.redirects_max > 0 && url != nullptr ? url : request_.url;
  tell(std::move(answer_), now);
}

void Transfer::finish_late(TimePoint now) {
  static constexpr std::string_view kStages[] = {"no connection was free", "the host name was not resolved",
                                                 "no connection was made", "the TLS handshake did not end",
                                                 "no answer came",         "the answer did not end"};
  const auto what = kStages[static_cast<std::size_t>(stage_)];
  finish_failed(late_kind(), std::string(what) + " in time", now);
}

void Transfer::finish_failed(FetchFailure kind, std::string what, TimePoint now) {
  tell(tl::unexpected(FetchError{kind, std::move(what)}), now);
}

}  // namespace portico::http
