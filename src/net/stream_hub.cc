#include "net/stream_hub.h"

#include <atomic>
#include <unordered_map>
#include <vector>

#include "base/counters.h"
#include "base/log.h"
#include "net/asio_endpoint.h"
#include "net/io_loop.h"
#include "net/source_quota.h"
#include "net/stream_connection.h"
#include "net/stream_listener.h"
#include "net/tls_context.h"

namespace portico::net {
namespace {

ConnectionId next_connection_id() {
  static std::atomic<ConnectionId> last{0};
  return ++last;
}

Counter& refused(const char* reason) {
  return counter("portico_stream_refused_total", "Connections closed at once when they came, by reason",
                 {{"reason", reason}});
}

void count_refused(SourceQuota::Verdict verdict) {
  static auto& total = refused("connections_max");
  static auto& source = refused("per_source_max");
  (verdict == SourceQuota::Verdict::total_full ? total : source).add();
}

void count_end(Code code) {
  counter("portico_stream_ended_total", "Connections that ended, by reason",
          {{"reason", std::string(code_name(code))}})
      .add();
}

}  // namespace

struct StreamHub::State final : ConnectionOwner {
  State(IoLoop& l, StreamHandlers h, const StreamLimits& m, std::shared_ptr<SourceQuota> s)
      : loop(l), handlers(std::move(h)), limits(m), sources(std::move(s)) {
    if (!sources) sources = std::make_shared<SourceQuota>(m.connections_max, m.per_source_max);
  }

  void on_open(Connection& connection) override {
    if (handlers.on_open) handlers.on_open(connection.peer());
  }

  ReadState on_bytes(Connection& connection, ByteView bytes) override {
    if (!handlers.on_bytes) return ReadState::between_messages;
    const auto state = handlers.on_bytes(connection.peer().id, bytes);
    if (connection.place.at)
      idle.put(connection.peer().id, connection.place, state != ReadState::within_message);
    return state;
  }

  void on_ended(Connection& connection, const Error& why) override {
    const auto& peer = connection.peer();
    idle.remove(connection.place);
    connections.erase(peer.id);
    if (connection.charged()) sources->give_back(peer.remote.ip);
    count_end(why.code);
    if (log::enabled(log::Level::debug))
      log::debug("a connection ended", {{"remote", peer.remote.to_string()}, {"why", why.what}});
    if (handlers.on_close && connection.known_to_user() && !connection.closed_by_user())
      handlers.on_close(peer.id, why);
  }

  void accept(Connection::Socket socket, Connection::TlsContext tls) {
    boost::system::error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;  // gone again already
    const auto source = from_asio(remote);
    const bool source_full = sources->is_full(source.ip);
    if (!source_full && connections.size() >= limits.connections_max) make_room();
    if (!source_full && connections.size() >= limits.connections_max) {
      return count_refused(SourceQuota::Verdict::total_full);
    }
    const auto verdict = sources->take(source.ip);
    if (verdict != SourceQuota::Verdict::taken) return count_refused(verdict);
    const auto id = next_connection_id();
    auto connection = std::make_shared<Connection>(loop, *this, limits, std::move(socket), id);
    connections.emplace(id, connection);
    connection->charge(source.ip);
    idle.put(id, connection->place, false);
    try {
      connection->start_accepted(source, std::move(tls));
    } catch (const std::exception& e) {  // no TLS for want of memory: it would stay, with no limit set
      connection->end({Code::unavailable, e.what()});
    }
  }

  // Few addresses can hold all connections, and keep them for ever at the price of a line now and then:
  // whoever comes, or is gone to, takes the place of one that is of no use.
  void make_room() {
    if (const auto longest = idle.first()) find(*longest)->end({Code::busy, "its place was needed"});
  }

  void hold(Connection& connection, bool in_use) {
    connection.hold(in_use);
    if (!connection.charged()) return;
    if (in_use) return idle.remove(connection.place);
    idle.put(connection.peer().id, connection.place, true);
  }

  Result<Endpoint> listen(const Endpoint& local, bool reuse_port, Listener::OnAccept on_accept) {
    auto listener = Listener::open(loop, local, reuse_port, std::move(on_accept));
    if (!listener) return fail(listener.error());
    listeners.push_back(*listener);
    return (*listener)->local();
  }

  std::shared_ptr<Connection> find(ConnectionId id) const {
    const auto it = connections.find(id);
    return it == connections.end() ? nullptr : it->second;
  }

  IoLoop& loop;
  StreamHandlers handlers;
  const StreamLimits limits;
  std::shared_ptr<SourceQuota> sources;
  std::shared_ptr<TlsClient> tls_client;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::unordered_map<ConnectionId, std::shared_ptr<Connection>> connections;
  IdleOrder idle;  // of those that came by themselves
};

StreamHub::StreamHub(IoLoop& loop, StreamHandlers handlers, StreamLimits limits,
                     std::shared_ptr<SourceQuota> sources)
    : state_(std::make_shared<State>(loop, std::move(handlers), limits, std::move(sources))) {}

StreamHub::~StreamHub() {
  stop_listening();
  for (const auto& [id, connection] : state_->connections) {
    if (connection->charged()) state_->sources->give_back(connection->peer().remote.ip);
    connection->abandon();
  }
  state_->connections.clear();
}

Result<Endpoint> StreamHub::listen_tcp(const Endpoint& local, bool reuse_port) {
  return state_->listen(local, reuse_port, [s = state_.get()](Connection::Socket socket) {
    s->accept(std::move(socket), nullptr);
  });
}

Result<Endpoint> StreamHub::listen_tls(const Endpoint& local, std::shared_ptr<TlsServer> identity,
                                       bool reuse_port) {
  return state_->listen(local, reuse_port,
                        [s = state_.get(), identity = std::move(identity)](Connection::Socket socket) {
                          s->accept(std::move(socket), identity->current());
                        });
}

void StreamHub::set_tls_client(std::shared_ptr<TlsClient> client) { state_->tls_client = std::move(client); }

void StreamHub::stop_listening() {
  for (const auto& listener : state_->listeners) listener->close();
  state_->listeners.clear();
}

ConnectionId StreamHub::dial(const DialRequest& request) {
  auto& s = *state_;
  const bool source_full = request.charged && s.sources->is_full(request.remote.ip);
  if (!source_full && s.connections.size() >= s.limits.connections_max) s.make_room();
  const auto id = next_connection_id();
  auto connection =
      std::make_shared<Connection>(s.loop, s, s.limits, Connection::Socket(s.loop.context()), id);
  s.connections.emplace(id, connection);
  if (s.connections.size() > s.limits.connections_max) {
    connection->refuse_dial({Code::busy, "too many connections"});
    return id;
  }
  if (request.charged) {
    if (s.sources->take(request.remote.ip) != SourceQuota::Verdict::taken) {
      connection->refuse_dial({Code::busy, "too many connections of one source"});
      return id;
    }
    connection->charge(request.remote.ip);
  }
  connection->start_dial(request, s.tls_client);
  return id;
}

Result<void> StreamHub::send(ConnectionId id, ByteView bytes) {
  const auto connection = state_->find(id);
  if (!connection) return fail(Code::not_found, "connection is closed");
  return connection->send(bytes);
}

void StreamHub::close(ConnectionId id) {
  if (const auto connection = state_->find(id)) connection->close();
}

void StreamHub::hold(ConnectionId id, bool in_use) {
  if (const auto connection = state_->find(id)) state_->hold(*connection, in_use);
}

std::size_t StreamHub::size() const { return state_->connections.size(); }

}  // namespace portico::net
