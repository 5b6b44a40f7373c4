#include "signaling/transport.h"

#include <algorithm>

#include "base/counters.h"
#include "base/log.h"
#include "sip/message/chars.h"
#include "sip/message/headers.h"
#include "sip/message/uri.h"

namespace portico::signaling {
namespace {

constexpr int kPortTries = 20;
constexpr std::size_t kStaleMax =
    64;  // gone connections that a stream stands for though their calls are over

// RFC 5626 keep-alives and the blanks some peers send: not SIP, not worth a word.
bool is_keep_alive(ByteView bytes) {
  return bytes.size() <= 4 && std::all_of(bytes.begin(), bytes.end(),
                                          [](std::uint8_t b) { return b == '\r' || b == '\n' || b == 0; });
}

Counter& received(sip::Transport transport) {
  static Counter* const counters[] = {
      &counter("portico_sip_messages_received_total", "SIP messages received", {{"transport", "udp"}}),
      &counter("portico_sip_messages_received_total", "SIP messages received", {{"transport", "tcp"}}),
      &counter("portico_sip_messages_received_total", "SIP messages received", {{"transport", "tls"}})};
  return *counters[static_cast<std::size_t>(transport)];
}

// Where a request goes first, if it is to go by TLS: its first Route, or, where that is a strict router's,
// what it asks for (RFC 3261 section 12.2.1.1).
std::optional<sip::HostPort> tls_next_hop(const sip::Message& request) {
  auto uri = sip::parse_uri(request.request_uri());
  for (const auto first : request.values(sip::Header::route)) {
    const auto route = sip::parse_name_addr(first);
    const auto router = sip::parse_uri(route ? route->uri_text : "");
    if (router && router->params.has("lr")) uri = router;
    break;
  }
  const auto transport = uri ? uri->param("transport") : std::nullopt;
  const bool tls =
      uri && (uri->scheme == sip::Scheme::sips || (transport && sip::equal_nocase(*transport, "tls")));
  if (!tls) return std::nullopt;
  return sip::HostPort{.host = uri->host, .port = uri->port};
}

Counter& send_dropped() {
  static auto& dropped =
      counter("portico_sip_sends_dropped_total", "SIP messages that no socket or connection would take");
  return dropped;
}

}  // namespace

Transport::Transport(net::IoLoop& loop, TransportHandlers handlers)
    : loop_(loop), handlers_(std::move(handlers)) {}
Transport::~Transport() = default;

Result<void> Transport::open(const Settings& settings) {
  worker_ = settings.worker;
  bind_ = settings.bind;
  net::StreamHandlers handlers;
  handlers.on_open = [this](const net::StreamPeer& peer) { on_open(peer); };
  handlers.on_bytes = [this](net::ConnectionId id, ByteView bytes) { return on_bytes(id, bytes); };
  handlers.on_close = [this](net::ConnectionId id, const Error&) { on_close(id); };
  streams_ = std::make_unique<net::StreamHub>(loop_, std::move(handlers), settings.streams, settings.sources);
  if (settings.tls_client) streams_->set_tls_client(settings.tls_client);
  if (!settings.listen_streams) return open_udp(settings);
  // UDP and TCP share a number. Where it is left to chance, what is free for one may be taken for the other.
  auto opened = open_udp(settings);
  if (opened) opened = open_tcp(settings);
  for (int tries = 1; !opened && settings.sip_port == 0 && tries < kPortTries; ++tries) {
    opened = open_udp(settings);
    if (opened) opened = open_tcp(settings);
  }
  if (!opened || !settings.tls) return opened;
  const auto tls = streams_->listen_tls({.ip = settings.bind, .port = settings.sips_port}, settings.tls,
                                        settings.reuse_port);
  if (!tls) return fail(tls.error());
  sips_port_ = tls->port;
  return {};
}

Result<void> Transport::open_udp(const Settings& settings) {
  const net::UdpOptions options{.reuse_port = settings.reuse_port, .dscp = 24, .use = "sip"};
  auto udp = net::UdpPort::open(loop_, {.ip = settings.bind, .port = settings.sip_port}, options,
                                [this](std::span<net::Datagram> batch) { on_datagrams(batch); });
  if (!udp) return fail(udp.error());
  udp_ = std::move(*udp);
  sip_port_ = udp_->local().port;
  return {};
}

Result<void> Transport::open_tcp(const Settings& settings) {
  const auto tcp = streams_->listen_tcp({.ip = settings.bind, .port = sip_port_}, settings.reuse_port);
  if (!tcp) return fail(tcp.error());
  return {};
}

void Transport::on_datagrams(std::span<net::Datagram> batch) {
  static auto& keep_alives = counter("portico_sip_received_ignored_total",
                                     "Datagrams that are no SIP message", {{"reason", "keep_alive"}});
  for (const auto& datagram : batch) {
    if (is_keep_alive(datagram.bytes)) {
      keep_alives.add();
      continue;
    }
    received(sip::Transport::udp).add();
    const sip::Flow flow{.transport = sip::Transport::udp,
                         .socket = worker_,
                         .local = {.ip = datagram.destination.ip, .port = sip_port_},
                         .remote = datagram.source};
    handlers_.on_message(flow, sip::parse_datagram(std::string(as_text(datagram.bytes))));
  }
}

void Transport::on_open(const net::StreamPeer& peer) {
  const sip::Flow flow{.transport = peer.tls ? sip::Transport::tls : sip::Transport::tcp,
                       .socket = worker_,
                       .connection = peer.id,
                       .local = peer.local,
                       .remote = peer.remote};
  open_[peer.id].flow = flow;
}

net::ReadState Transport::on_bytes(net::ConnectionId id, ByteView bytes) {
  const auto it = open_.find(id);
  if (it == open_.end()) return net::ReadState::bad_stream;
  // A handler may close the connection: the framer is looked up again after each message.
  it->second.framer.push(as_text(bytes));
  bool ended_one = false;
  while (true) {
    const auto now_open = open_.find(id);
    if (now_open == open_.end()) return net::ReadState::bad_stream;
    auto frame = now_open->second.framer.pop();
    const auto flow = now_open->second.flow;
    if (frame.kind == sip::Frame::Kind::none) break;
    if (frame.kind == sip::Frame::Kind::ping) {
      (void)streams_->send(id, as_bytes("\r\n"));  // a full queue closes the connection by itself
      continue;
    }
    received(flow.transport).add();
    handlers_.on_message(flow, std::move(frame.parsed));
    if (frame.kind == sip::Frame::Kind::broken) return net::ReadState::bad_stream;
    ended_one = true;
  }
  const bool within = open_.at(id).framer.mid_message();
  if (!within) return net::ReadState::between_messages;
  return ended_one ? net::ReadState::within_next_message : net::ReadState::within_message;
}

// Told once for each name that requests may know the connection by, but of one that is gone only by the last
// that stands for it.
void Transport::on_close(net::ConnectionId id) {
  const auto it = open_.find(id);
  if (it == open_.end()) return;
  const auto was = std::move(it->second);
  auto flow = was.flow;
  open_.erase(it);
  if (was.users != 0) missed_[id] = was.users;
  if (was.dialled) dialled_[flow.transport == sip::Transport::tls].erase({flow.remote, was.name});
  handlers_.on_error(flow);
  if (!was.dialled) return;
  flow.connection = 0;
  handlers_.on_error(flow);
  for (const auto& [gone, named] : was.in_place_of) {
    if (is_last_for(gone)) handlers_.on_error(named);
  }
}

void Transport::stand_in(Stream& stream, const sip::Flow& gone) {
  if (!stream.in_place_of.try_emplace(gone.connection, gone).second) return;
  ++stand_ins_[gone.connection];
  // Most of a trunk's are of calls that are over.
  if (stream.in_place_of.size() < 2 * missed_.size() + kStaleMax) return;
  std::erase_if(stream.in_place_of, [&](const auto& one) {
    if (one.first == gone.connection || missed_.contains(one.first)) return false;
    (void)is_last_for(one.first);
    return true;
  });
}

// One stream less stands for it.
bool Transport::is_last_for(net::ConnectionId gone) {
  const auto at = stand_ins_.find(gone);
  if (at == stand_ins_.end() || --at->second != 0) return false;
  stand_ins_.erase(at);
  return true;
}

net::ConnectionId Transport::connection_to(const sip::Flow& flow, const Dial& dial) {
  if (flow.connection != 0 && open_.contains(flow.connection)) return flow.connection;
  const bool tls = flow.transport == sip::Transport::tls;
  const auto [known, anew] = dialled_[tls].try_emplace({dial.remote, dial.name});
  auto& id = known->second;
  if (anew) {
    id = streams_->dial({.remote = dial.remote,
                         .from = bind_,
                         .tls = tls,
                         .verify_name = dial.name,
                         .charged = dial.charged});
  }
  auto& stream = open_[id];
  stream.dialled = true;
  if (flow.connection != 0) stand_in(stream, flow);
  if (anew) {
    stream.name = dial.name;
    stream.flow = {.transport = flow.transport,
                   .socket = worker_,
                   .connection = id,
                   .local = flow.local,
                   .remote = dial.remote};
  }
  return id;
}

void Transport::send(const sip::Flow& flow, std::string_view bytes) {
  if (flow.transport == sip::Transport::udp) {
    if (!udp_->send(as_bytes(bytes), flow.remote, flow.local.ip)) send_dropped().add();
    return;
  }
  const bool gone = flow.connection != 0 && !open_.contains(flow.connection);
  if (gone && bytes.starts_with("SIP/2.0 ")) return send_answer_anew(flow, bytes);
  if (gone && sip::is_secure(flow.transport)) return send_request_anew(flow, bytes);
  const auto sent = streams_->send(connection_to(flow, {.remote = flow.remote}), as_bytes(bytes));
  if (!sent) send_dropped().add();
}

// RFC 3261 section 18.2.2: the connection that the request came by is gone, so its answer goes to the address
// it came from, at the port where its sender says that it listens; by TLS to nobody but who shows a
// certificate of the host in that Via, which came by TLS itself. Not to what else the Via names (RFC 3263
// section 5): strangers would choose whom we connect to.
//
// Whoever makes us connect could look for open ports that only we reach, or have us knock at a third party's.
// So only answers of calls that the door admitted do: their sender was at that address, as TCP proved, and it
// is the only one that we knock at, while that call lasts and within the connections that one source may
// have. What is refused is answered at once, or not at all.
void Transport::send_answer_anew(const sip::Flow& flow, std::string_view bytes) {
  if (!missed_.contains(flow.connection)) return send_dropped().add();
  const auto parsed = sip::parse_datagram(std::string(bytes));
  const auto via = sip::read_top_via(parsed.message);
  if (!via) return send_dropped().add();
  auto nameless = flow;  // who answers is not told what became of it
  nameless.connection = 0;
  send_to_listener(nameless, via->host, via->port, bytes);
}

// RFC 3261 section 18.1.1, by TLS: to the address that the connection came from too, at the port of the next
// hop, to who shows a certificate of its host (RFC 5922 section 7.2). Proxies close connections that are idle
// for two minutes, and the call would not hear of its end.
void Transport::send_request_anew(const sip::Flow& flow, std::string_view bytes) {
  const auto parsed = sip::parse_datagram(std::string(bytes));
  const auto hop = tls_next_hop(parsed.message);
  if (!hop || !missed_.contains(flow.connection))
    return loop_.post([this, flow] { handlers_.on_error(flow); });
  send_to_listener(flow, hop->host, hop->port, bytes);
}

void Transport::send_to_listener(const sip::Flow& flow, std::string_view host, std::uint16_t port,
                                 std::string_view bytes) {
  Dial dial{.remote = flow.remote, .charged = true};
  if (sip::is_secure(flow.transport)) {
    const auto ip = sip::host_address(host);
    dial.name = ip ? ip->to_string() : std::string(host);
  }
  dial.remote.port = port != 0 ? port : sip::default_port(flow.transport);
  const auto sent = streams_->send(connection_to(flow, dial), as_bytes(bytes));
  if (!sent) send_dropped().add();
}

void Transport::hold(const sip::Flow& flow, bool in_use) {
  const auto it = open_.find(flow.connection);
  if (it == open_.end()) {
    auto& calls = missed_[flow.connection];
    calls = in_use ? calls + 1 : calls - 1;
    if (calls == 0) missed_.erase(flow.connection);
    return;
  }
  auto& users = it->second.users;
  users = in_use ? users + 1 : users - 1;
  streams_->hold(flow.connection, users != 0);
}

}  // namespace portico::signaling
