// One connection of the server: the file that knows Beast.
//
//            ┌────────────────────────────── keep-alive ───────────────────────────────┐
//            ▼                                                                         │
//   open ─▶ idle ─first byte─▶ head ─▶ gate ─▶ body ─▶ handling ─▶ writing ────────────┤
//            │                  │        │       │                  │                  │
//            │ timeout, end     └─ 4xx ──┴───────┴──────────────────┤   close: lingering ─▶ closed
//            └──────────────────────────────────────────────────────┴──────────────────▶ closed
//
// Everything runs on the server's thread except gate, handler and file reads, which run on workers.

#include <netinet/tcp.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <optional>

#include "base/counters.h"
#include "base/log.h"
#include "base/time.h"
#include "http/answer.h"
#include "http/client_stream.h"
#include "http/server_core.h"
#include "http/url.h"

namespace portico::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = beast::http;
using Failure = boost::system::error_code;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Has a place of `quota`, and gives it back.
  Connection(Server::Core& core, asio::ip::tcp::socket socket, const Endpoint& remote,
             net::SourceQuota& quota)
      : core_(core),
        stream_(std::move(socket)),
        remote_(remote),
        quota_(quota),
        buffer_(core.options.header_bytes_max + kReadBytes) {}

  void start();
  void refuse();  // too many connections
  void finish();
  void close();
  bool idle() const { return idle_ && !closed_; }
  TimePoint idle_since() const { return idle_since_; }

 private:
  using Parser = bhttp::request_parser<bhttp::string_body>;
  static constexpr std::size_t kReadBytes = 4096;

  void sniff();
  void shake_hands();
  void await_request();
  void read_head();
  void on_head(Failure failure);
  void pass_gate();
  void on_verdict(HeadVerdict verdict);
  void expect_body();
  void read_body();
  void on_body(Failure failure);
  void on_bad_request(Failure failure);
  void refuse_malformed(std::string_view why);
  void take_head();
  void handle();
  AnswerTo answer_to(bool whole) const;  // `whole`: the request has come to its end
  HeadVerdict judge_head();
  Response respond(Request request);
  template <typename Work, typename Then>
  bool on_worker(Work work, Then then);
  void refuse_request(int status, std::string_view what);
  void refuse_busy();
  bool hold(std::size_t bytes);
  void send(Answer answer);
  void write_rest();
  void read_file();
  void on_piece(Result<std::string> piece);
  void write_piece(std::string_view piece);
  void on_sent();
  void linger();
  void half_close();
  void drain(std::size_t left);

  Server::Core& core_;
  ClientStream stream_;
  Endpoint remote_;
  net::SourceQuota& quota_;
  beast::flat_buffer buffer_;  // bounded: Beast looks at no limit where chunks have extensions, or trailers
  std::optional<Parser> parser_;
  Request request_;  // the one under way, once its head has come, without its body
  Answer answer_;
  std::string piece_;
  std::size_t body_sent_ = 0;
  std::string line_;      // of the request under way
  std::size_t held_ = 0;  // of the line's share of Core::bodies
  bool idle_ = true;
  TimePoint idle_since_ = Clock::now();
  bool closed_ = false;
};

namespace {

Counter& outcome(std::string_view name) {
  return counter("portico_http_connections_total",
                 "Connections to the HTTP server by how they began or failed",
                 {{"outcome", std::string(name)}});
}

// Whether there is one way to see where the body ends (RFC 9112 section 6). Anything else may be a request
// hidden in another one's body, seen by us and not by a proxy before us: it is refused. Codings other than
// chunked are not ours.
bool has_sound_framing(const bhttp::request_header<>& head) {
  const auto lengths = head.count(bhttp::field::content_length);
  const auto codings = head.count(bhttp::field::transfer_encoding);
  if (codings == 0) return lengths <= 1;
  return codings == 1 && lengths == 0 && head.version() == 11 &&
         beast::iequals(head[bhttp::field::transfer_encoding], "chunked");
}

// One host, and one that can be meant (RFC 9112 section 3.2): a proxy before us may have chosen by another
// one.
bool has_one_host(const bhttp::request_header<>& head) {
  const auto hosts = head.count(bhttp::field::host);
  if (hosts == 0) return head.version() < 11;
  return hosts == 1 && is_host_field(head[bhttp::field::host]);
}

constexpr unsigned char kTlsHandshake = 22;
// What the kernel keeps that was not sent yet: less than a slow reader takes within the time limit, for the
// kernel tells of progress only when a good part of it has gone.
constexpr int kUnsentBytesMax = 65'536;
constexpr std::size_t kShortBodyBytes = limits::kHttpUnprovenBodyBytesMax;
constexpr std::size_t kLingerBytesMax = 262'144;
constexpr auto kLinger = std::chrono::seconds(1);

}  // namespace

void Connection::start() {
  Failure ignored;
  stream_.tcp().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  ::setsockopt(stream_.tcp().socket().native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytesMax,
               sizeof kUnsentBytesMax);
  core_.options.tls ? sniff() : await_request();
}

// One port for both: a TLS record of a handshake begins with 22, which no HTTP request does.
void Connection::sniff() {
  stream_.tcp().expires_after(core_.options.idle_timeout);
  stream_.async_read_some(
      buffer_.prepare(kReadBytes), [self = shared_from_this()](Failure failure, std::size_t size) {
        if (failure) return self->close();
        self->buffer_.commit(size);
        const auto first = *static_cast<const unsigned char*>(self->buffer_.data().data());
        first == kTlsHandshake ? self->shake_hands() : self->await_request();
      });
}

void Connection::shake_hands() {
  static auto& failed = outcome("tls_failed");
  stream_.secure(core_.options.tls->current());
  stream_.tcp().expires_after(core_.options.header_timeout);
  stream_.async_handshake(buffer_.data(), [self = shared_from_this()](Failure failure, std::size_t used) {
    if (failure) {
      failed.add();
      return self->close();
    }
    self->buffer_.consume(used);
    self->await_request();
  });
}

void Connection::refuse() {
  idle_ = false;  // its place is none that another could be served in
  refuse_request(503, "Too many connections, try again later");
}

void Connection::finish() {
  if (idle_) close();
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  hold(0);
  stream_.tcp().close();
  quota_.give_back(remote_.ip);
  const auto self = shared_from_this();
  core_.connections.erase(self);
  if (core_.connection_count.fetch_sub(1) == 1) {
    const std::lock_guard lock(core_.mutex);
    core_.emptied.notify_all();
  }
}

void Connection::await_request() {
  idle_ = true;
  idle_since_ = Clock::now();
  if (core_.draining) return close();
  request_ = {};
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(core_.options.header_bytes_max));
  parser_->body_limit(core_.options.request_bytes_max);
  if (buffer_.size() > 0) return read_head();
  stream_.tcp().expires_after(core_.options.idle_timeout);
  stream_.async_read_some(buffer_.prepare(kReadBytes),
                          [self = shared_from_this()](Failure failure, std::size_t size) {
                            if (failure) return self->close();
                            self->buffer_.commit(size);
                            self->read_head();
                          });
}

void Connection::read_head() {
  idle_ = false;
  stream_.tcp().expires_after(core_.options.header_timeout);
  bhttp::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](Failure failure, std::size_t) { self->on_head(failure); });
}

void Connection::on_head(Failure failure) {
  if (!failure || failure == bhttp::error::body_limit) take_head();
  if (failure) return on_bad_request(failure);
  if (!has_sound_framing(parser_->get()))
    return refuse_malformed("the end of the body can be seen in two ways");
  if (!has_one_host(parser_->get())) return refuse_malformed("it must have one Host field with one host");
  core_.gate ? pass_gate() : on_verdict({});
}

// `work` runs on a worker, then `then` with what came of it on the server's thread. False: neither will.
template <typename Work, typename Then>
bool Connection::on_worker(Work work, Then then) {
  // The guard keeps the server's thread running until this job has ended, or was dropped.
  auto job = [self = shared_from_this(), work = std::move(work), then,
              guard = asio::make_work_guard(core_.io)]() mutable {
    std::optional<decltype(work(*self))> result;
    try {
      result.emplace(work(*self));
    } catch (const std::exception& e) {
      log::error("a job of the HTTP server ended by an exception", {{"what", e.what()}});
    }
    // Moved, so that the connection is never destroyed on a worker.
    auto& io = self->core_.io;
    asio::post(io, [self = std::move(self), then, result = std::move(result)]() mutable {
      result ? std::invoke(then, *self, std::move(*result)) : self->close();
    });
  };
  return core_.turns.run(line_, std::move(job));
}

// Who may not ask sends no body either: bodies of strangers would fill the memory. And nobody waits in the
// turn of another whom he only names.
void Connection::pass_gate() {
  stream_.tcp().expires_never();
  const bool runs = on_worker([](Connection& self) { return self.judge_head(); }, &Connection::on_verdict);
  if (!runs) refuse_busy();
}

HeadVerdict Connection::judge_head() {
  try {
    return core_.gate(request_);
  } catch (const std::exception& e) {
    log::error("the gate of the HTTP server ended by an exception", {{"what", e.what()}});
    return {.refusal = core_.options.errors(request_, 500, "Internal Server Error")};
  }
}

void Connection::on_verdict(HeadVerdict verdict) {
  if (closed_) return;
  const bool whole = parser_->is_done();
  if (verdict.refusal) return send(make_answer(std::move(*verdict.refusal), answer_to(whole)));
  if (!verdict.line.empty()) line_ = std::move(verdict.line);
  if (whole) return handle();
  if (parser_->content_length().value_or(0) > verdict.body_bytes_max) {
    return refuse_request(413, "The request body is too large");
  }
  const auto limit = std::min(verdict.body_bytes_max, core_.options.request_bytes_max);
  parser_->body_limit(limit);
  if (!hold(static_cast<std::size_t>(parser_->content_length().value_or(limit)))) return refuse_busy();
  expect_body();
}

void Connection::expect_body() {
  const auto expect = parser_->get()[bhttp::field::expect];
  if (!beast::iequals(expect, "100-continue")) return read_body();
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  stream_.tcp().expires_after(core_.options.write_timeout);
  asio::async_write(stream_, asio::buffer(kContinue),
                    [self = shared_from_this()](Failure error, std::size_t) {
                      if (error) return self->close();
                      self->read_body();
                    });
}

void Connection::read_body() {
  stream_.tcp().expires_after(core_.options.body_timeout);
  bhttp::async_read(stream_, buffer_, *parser_,
                    [self = shared_from_this()](Failure failure, std::size_t) { self->on_body(failure); });
}

void Connection::on_body(Failure failure) {
  if (failure) return on_bad_request(failure);
  handle();
}

void Connection::on_bad_request(Failure failure) {
  if (failure == beast::error::timeout) {
    // The stream has closed its socket: no answer can go out.
    static auto& timeouts = outcome("timeout");
    timeouts.add();
    return close();
  }
  if (failure == bhttp::error::header_limit) return refuse_request(431, "The header fields are too large");
  if (failure == bhttp::error::body_limit) return refuse_request(413, "The request body is too large");
  if (failure == bhttp::error::buffer_overflow)
    return refuse_request(413, "A chunk's extension or the trailer is too large");
  const bool ended = failure == bhttp::error::end_of_stream || failure == bhttp::error::partial_message ||
                     failure.category() != bhttp::make_error_code(bhttp::error::bad_target).category();
  if (ended) return close();
  refuse_malformed(failure.message());
}

void Connection::refuse_malformed(std::string_view why) {
  static auto& malformed = outcome("malformed");
  malformed.add();
  refuse_request(400, "This is not an HTTP/1.1 request: " + std::string(why));
}

// Once, before the body: a trailer adds nothing to what the gate has seen.
void Connection::take_head() {
  const auto& message = parser_->get();
  request_.method = std::string(message.method_string());
  request_.target = std::string(message.target());
  request_.remote = remote_;
  for (const auto& field : message) {
    request_.headers.add(std::string(field.name_string()), std::string(field.value()));
  }
  std::string_view target = request_.target;
  // Absolute form (RFC 9112 section 3.2.2): the authority is of no use to us.
  if (const auto scheme = target.find("://"); !target.starts_with('/') && scheme != target.npos) {
    const auto slash = target.find('/', scheme + 3);
    target = slash == target.npos ? "/" : target.substr(slash);
  }
  const auto mark = std::min(target.find('?'), target.size());
  request_.path = std::string(target.substr(0, mark));
  if (mark < target.size()) request_.query = parse_query(target.substr(mark + 1));
  line_ = net::source_block(remote_.ip).to_string();
}

AnswerTo Connection::answer_to(bool whole) const {
  return {.head_only = request_.method == "HEAD",
          .keep_alive = whole && parser_->keep_alive() && !core_.draining,
          .range = std::string(request_.headers.get("Range"))};
}

void Connection::handle() {
  stream_.tcp().expires_never();
  const auto to = answer_to(true);
  auto request = request_;
  request.body = std::move(parser_->get().body());
  auto work = [to, request = std::move(request)](Connection& self) mutable {
    return make_answer(self.respond(std::move(request)), to);
  };
  if (!on_worker(std::move(work), &Connection::send)) refuse_busy();
}

Response Connection::respond(Request request) {
  try {
    return core_.handler(std::move(request));
  } catch (const std::exception& e) {
    log::error("an HTTP handler ended by an exception", {{"what", e.what()}});
    return core_.options.errors(request_, 500, "Internal Server Error");
  }
}

void Connection::refuse_request(int status, std::string_view what) {
  send(make_answer(core_.options.errors(request_, status, what), {.keep_alive = false}));
}

void Connection::refuse_busy() { refuse_request(503, "Handling too many requests"); }

// In place of what it held. False: there is no room, and it holds nothing.
bool Connection::hold(std::size_t bytes) {
  core_.bodies.give_back(line_, std::exchange(held_, 0));
  if (bytes <= kShortBodyBytes) return true;
  if (!core_.bodies.take(line_, bytes)) return false;
  held_ = bytes;
  return true;
}

void Connection::send(Answer answer) {
  if (closed_) return;
  const auto bytes =
      answer.file ? std::min<std::uint64_t>(answer.file->left(), OpenFile::kPieceBytes) : answer.body.size();
  // What has changed something is answered: that is not much longer than what was asked, which is still held.
  if (request_.method == "GET" && !hold(bytes)) return refuse_busy();
  answer_ = std::move(answer);
  body_sent_ = 0;
  // One write for the head and a small body.
  piece_ = std::move(answer_.head);
  if (answer_.body.size() <= OpenFile::kPieceBytes) {
    piece_ += answer_.body;
    body_sent_ = answer_.body.size();
  }
  write_piece(piece_);
}

void Connection::write_rest() {
  if (answer_.file && answer_.file->left() > 0) return read_file();
  const auto piece = std::string_view(answer_.body).substr(body_sent_, OpenFile::kPieceBytes);
  if (piece.empty()) return on_sent();
  body_sent_ += piece.size();
  write_piece(piece);
}

void Connection::read_file() {
  const auto read = [](Connection& self) { return self.answer_.file->read(); };
  if (!on_worker(read, &Connection::on_piece)) close();
}

void Connection::on_piece(Result<std::string> piece) {
  if (!piece) return close();
  piece_ = std::move(*piece);
  write_piece(piece_);
}

// The time limit begins anew with each byte that is taken: a slow reader is served as long as it reads.
void Connection::write_piece(std::string_view piece) {
  if (closed_) return;
  if (piece.empty()) return write_rest();
  stream_.tcp().expires_after(core_.options.write_timeout);
  stream_.async_write_some(asio::buffer(piece),
                           [self = shared_from_this(), piece](Failure failure, std::size_t size) {
                             if (failure) return self->close();
                             self->write_piece(piece.substr(size));
                           });
}

void Connection::on_sent() {
  answer_.file.reset();
  answer_.body = {};
  piece_ = {};
  hold(0);
  if (!answer_.keep_alive) return linger();
  await_request();
}

// Closing with unread input would reset the connection and could take the answer with it.
void Connection::linger() {
  if (!stream_.is_secure()) return half_close();
  stream_.tcp().expires_after(kLinger);
  // Fails, once our part of it is out, where the client sends more of its request.
  stream_.async_shutdown([self = shared_from_this()](Failure failure) {
    failure == beast::error::timeout ? self->close() : self->half_close();
  });
}

void Connection::half_close() {
  Failure ignored;
  stream_.tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream_.tcp().expires_after(kLinger);
  buffer_.clear();
  drain(kLingerBytesMax);
}

void Connection::drain(std::size_t left) {
  stream_.tcp().async_read_some(buffer_.prepare(kReadBytes),
                                [self = shared_from_this(), left](Failure failure, std::size_t size) {
                                  if (failure || size >= left) return self->close();
                                  self->drain(left - size);
                                });
}

namespace {

// So that nobody keeps others out by holding connections without a word. False: none is idle.
bool close_longest_idle(Server::Core& core) {
  static auto& given_up = outcome("idle_given_up");
  std::shared_ptr<Connection> longest;
  for (const auto& connection : core.connections) {
    if (!connection->idle()) continue;
    if (!longest || connection->idle_since() < longest->idle_since()) longest = connection;
  }
  if (!longest) return false;
  given_up.add();
  longest->close();
  return true;
}

}  // namespace

void open_connection(Server::Core& core, asio::ip::tcp::socket socket, const Endpoint& remote) {
  static auto& accepted = outcome("accepted");
  static auto& refused = outcome("refused");
  using Verdict = net::SourceQuota::Verdict;
  if (core.draining) return;  // it was accepted as the server stopped
  auto verdict = core.served.take(remote.ip);
  if (verdict == Verdict::total_full && close_longest_idle(core)) verdict = core.served.take(remote.ip);
  const bool serve = verdict == Verdict::taken;
  (serve ? accepted : refused).add();
  // Refused ones are bounded too: beyond as many again there is no answer at all.
  if (!serve && core.refused.take(remote.ip) != Verdict::taken) return;
  const auto connection =
      std::make_shared<Connection>(core, std::move(socket), remote, serve ? core.served : core.refused);
  core.connections.insert(connection);
  core.connection_count.fetch_add(1);
  serve ? connection->start() : connection->refuse();
}

void finish_connections(Server::Core& core) {
  const auto connections = core.connections;
  for (const auto& connection : connections) connection->finish();
}

void close_connections(Server::Core& core) {
  const auto connections = core.connections;
  for (const auto& connection : connections) connection->close();
}

}  // namespace portico::http
