#include "signaling/node.h"

#include <algorithm>
#include <utility>

#include "net/port_probe.h"
#include "net/source_quota.h"
#include "signaling/worker.h"

namespace portico::signaling {

// The kernel spreads the connections of one address over the workers by hash, not evenly: those are counted
// in one place. An eighth of all: few addresses must not hold everything where there is little.
net::StreamLimits stream_limits(const Options& options) {
  const auto share = options.connections_max / std::max(1U, options.workers);
  const auto of_one = std::min(limits::kTcpConnectionsPerSourceMax, options.connections_max / 8);
  return {.connections_max = std::max<std::size_t>(share, 1),
          .per_source_max = std::max<std::size_t>(of_one, 1)};
}

struct Node::State {
  State(Options o, Ports p)
      : options(std::move(o)),
        ports(std::move(p)),
        door({.realm = options.realm,
              .nonce_secret = options.nonce_secret,
              .digest_algorithms = options.digest_algorithms,
              .invite_rate = options.invite_rate,
              .auth_failures = options.auth_failures,
              .opened = read_clocks()}) {}

  Options options;
  Ports ports;
  Door door;
  call::Registry calls;
  std::atomic<bool> draining{false};
  std::vector<std::unique_ptr<Worker>> workers;
};

namespace {

// Several workers share the ports; whoever else has one must be found out before.
Result<void> probe_ports(const Options& o) {
  for (const auto& [kind, port] :
       {std::pair(net::PortKind::udp, o.sip_port), std::pair(net::PortKind::tcp, o.sip_port),
        std::pair(net::PortKind::tcp, o.tls ? o.sips_port : std::uint16_t{0})}) {
    if (port == 0) continue;
    if (auto free = net::probe_port(kind, {.ip = o.bind, .port = port}); !free) return free;
  }
  return {};
}

}  // namespace

Node::Node(std::unique_ptr<State> state) : state_(std::move(state)) {}
Node::~Node() { stop(); }

Result<std::unique_ptr<Node>> Node::open(Options options, Ports ports) {
  auto state = std::make_unique<State>(std::move(options), std::move(ports));
  auto& o = state->options;
  const bool several = o.workers > 1;
  if (several) {
    if (auto free = probe_ports(o); !free) return fail(free.error());
  }
  const auto streams = stream_limits(o);
  const auto sources = std::make_shared<net::SourceQuota>(std::max<std::size_t>(o.connections_max, o.workers),
                                                          streams.per_source_max);
  for (std::uint32_t i = 0; i < std::max(1U, o.workers); ++i) {
    // The first worker finds out the ports that were left to chance; the others share them.
    const Transport::Settings settings{.worker = i,
                                       .bind = o.bind,
                                       .sip_port = o.sip_port,
                                       .sips_port = o.sips_port,
                                       .reuse_port = several,
                                       .tls = o.tls,
                                       .tls_client = o.tls_client,
                                       .streams = streams,
                                       .sources = sources};
    auto worker = std::make_unique<Worker>(i, Shared{.options = o,
                                                     .ports = state->ports,
                                                     .door = state->door,
                                                     .calls = state->calls,
                                                     .draining = state->draining});
    auto opened = worker->open(settings);
    if (!opened) return fail(opened.error());
    o.sip_port = worker->sip_port();
    o.sips_port = worker->sips_port();
    state->workers.push_back(std::move(worker));
  }
  std::vector<Worker*> all;
  for (const auto& worker : state->workers) all.push_back(worker.get());
  for (auto* worker : all) worker->meet(all);
  return std::unique_ptr<Node>(new Node(std::move(state)));
}

void Node::start() {
  for (const auto& worker : state_->workers) worker->start();
}

void Node::drain() { state_->draining = true; }
void Node::hang_up_all() { state_->calls.post_to_all(call::Shutdown{}); }

void Node::stop() {
  for (const auto& worker : state_->workers) worker->stop();
}

call::Registry& Node::calls() { return state_->calls; }
std::size_t Node::open_sessions() const {
  std::size_t sum = 0;
  for (const auto& worker : state_->workers) sum += worker->open_sessions();
  return sum;
}
std::uint16_t Node::sip_port() const { return state_->options.sip_port; }
std::uint16_t Node::sips_port() const { return state_->options.sips_port; }

}  // namespace portico::signaling
