#include "sim/server.h"

#include "signaling/edge.h"
#include "sip/digest/algorithm.h"

namespace portico::sim {
namespace {

// No peer of the simulation has a name; spoiled messages may (tests/mutate), and nobody answers for them. One
// resolver serves all servers.
net::Resolver& resolver() {
  static const auto one = net::Resolver::make({.servers = {{.ip = IpAddress::v4(0x7F000001), .port = 9}}});
  return **one;
}

signaling::Options options_of(const ServerSettings& settings, const Outside& outside) {
  signaling::Options options;
  options.bind = Server::address().ip;
  options.public_ip = Server::address().ip;
  options.domain = kDomain;
  options.realm = kRealm;
  options.region = settings.region;
  options.node = kNode;
  options.base_url = kBaseUrl;
  options.inline_base_url = kBaseUrl;
  options.nonce_secret = outside.nonce_secret;
  options.calls_max = settings.calls_max;
  options.require_tls = settings.require_tls;
  options.hide_applications = settings.hide_applications;
  options.invite_rate = settings.sabotage == Sabotage::no_source_rate ? 0 : settings.invite_rate;
  options.auth_failures = settings.sabotage == Sabotage::no_lockout      ? 0
                          : settings.sabotage == Sabotage::eager_lockout ? 1
                                                                         : settings.auth_failures;
  return options;
}

template <typename Port>
Port& chosen(Port* outside, Port& own) {
  return outside != nullptr ? *outside : own;
}

}  // namespace

account::Application application_of(const ServerSettings& settings) {
  account::Application application;
  application.id = "0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10";
  application.account_id = kAccount;
  application.inbound_sip_enabled = true;
  application.password_auth_enabled = settings.password && settings.sabotage != Sabotage::open_door;
  application.allowed_sources = settings.allowed_sources;
  application.allowed_regions = settings.allowed_regions;
  application.sip_user = kUser;
  const auto* const password = settings.sabotage == Sabotage::closed_door ? "another" : kPassword;
  application.digest = {.realm = kRealm,
                        .ha1_sha256 = sip::make_ha1(HashAlgorithm::sha256, kUser, kRealm, password),
                        .ha1_md5 = sip::make_ha1(HashAlgorithm::md5, kUser, kRealm, password)};
  application.callbacks.initiated_url = "http://app.example/initiate";
  application.callbacks.initiated_fallback_url = "http://spare.example/initiate";
  application.callbacks.status_url = "http://app.example/status";
  return application;
}

Endpoint Server::address() { return {.ip = IpAddress::v4(0xC0000201), .port = 5060}; }  // 192.0.2.1

std::uint64_t Server::Randomness::next() {
  if (server_.settings_.restless_api && luck_.one_in(3)) {
    auto saved = application_of(server_.settings_);
    saved.version = ++server_.application_version_;
    server_.directory_.put(std::move(saved));
  }
  return random_.next();
}

Server::Server(async::Loop& loop, Network& network, ServerSettings settings, std::uint64_t seed,
               Outside outside)
    : loop_(loop),
      network_(network),
      settings_(std::move(settings)),
      random_(*this, seed),
      luck_(seed + 1),
      media_(loop, luck_, settings_.troubles, settings_.sabotage),
      webhooks_(loop, settings_.troubles, records_),
      sounds_(loop, luck_, settings_.troubles),
      objects_(loop, luck_, settings_.troubles),
      options_(options_of(settings_, outside)),
      ports_{.media = chosen<call::Media>(outside.media, media_),
             .webhooks = chosen<call::Webhooks>(outside.webhooks, webhooks_),
             .sounds = sounds_,
             .objects = objects_,
             .records = chosen<call::Records>(outside.records, records_),
             .directory = directory_,
             .resolver = resolver(),
             .admission_log = [this](account::AdmissionRow row) { note(std::move(row)); }},
      door_({.realm = options_.realm,
             .nonce_secret = options_.nonce_secret,
             .digest_algorithms = options_.digest_algorithms,
             .invite_rate = options_.invite_rate,
             .auth_failures = options_.auth_failures,
             .opened = {.mono = loop.now(), .wall = loop.wall()}}) {
  account::Account owner{.id = kAccount, .name = "Acme", .limits = settings_.limits};
  if (settings_.sabotage == Sabotage::no_call_limits)
    owner.limits = {.concurrent_calls = 0, .calls_per_second = 0};
  directory_.put(owner);
  directory_.put(application_of(settings_));
  const signaling::Shared shared{
      .options = options_, .ports = ports_, .door = door_, .calls = registry_, .draining = draining_};
  pump_ = std::make_unique<signaling::Pump>(
      loop, shared, sip::UserAgentProfile{}, random_,
      [this](const sip::Send& one) { send(one.flow, one.bytes); },
      [this](const sip::Flow&, bool in_use) { held_ += in_use ? 1 : -1; });
  network_.attach(
      address(),
      [this](const Datagram& datagram) {
        datagram.connection == 0 ? on_datagram(datagram) : on_piece(datagram);
      },
      [this](std::uint64_t connection, const Endpoint& peer) {
        if (plugged_) pump_->on_transport_error(stream_flow(peer, connection));
      });
}

Server::~Server() { unplug(); }

sip::Flow Server::stream_flow(const Endpoint& peer, std::uint64_t connection) const {
  return {.transport = settings_.require_tls ? sip::Transport::tls : sip::Transport::tcp,
          .connection = connection,
          .local = address(),
          .remote = peer};
}

void Server::unplug() {
  if (std::exchange(plugged_, false)) network_.detach(address());
}

void Server::on_datagram(const Datagram& datagram) {
  on_message({.local = address(), .remote = datagram.from}, sip::parse_datagram(datagram.bytes));
}

void Server::on_piece(const Datagram& piece) {
  auto& framer = framers_[piece.connection];
  framer.push(piece.bytes);
  while (true) {
    auto frame = framer.pop();
    if (frame.kind == sip::Frame::Kind::none) return;
    if (frame.kind == sip::Frame::Kind::ping) continue;
    on_message(stream_flow(piece.from, piece.connection), std::move(frame.parsed));
    if (frame.kind == sip::Frame::Kind::broken) return network_.break_stream(piece.connection);
  }
}

void Server::on_message(const sip::Flow& flow, sip::Parsed&& parsed) {
  auto passed = signaling::pass_edge(flow, std::move(parsed));
  try {
    if (passed.message) pump_->on_message(flow, std::move(passed));
  } catch (const std::bad_alloc&) {  // as the loop of a worker does
    if (!settings_.no_memory) throw;
  }
}

void Server::note(account::AdmissionRow row) {
  if (settings_.no_memory) throw std::bad_alloc();
  admissions_.push_back(std::move(row));
}

void Server::put(const sip::Flow& flow, const std::string& bytes) {
  if (!plugged_) return;
  if (sip::is_reliable(flow.transport) && flow.connection == 0) {  // phones take no connections
    loop_.post([this, flow] {
      if (plugged_) pump_->on_transport_error(flow);
    });
    return;
  }
  network_.send({.from = address(), .to = flow.remote, .bytes = bytes, .connection = flow.connection});
}

void Server::send(const sip::Flow& flow, const std::string& bytes) {
  const bool of_bye = bytes.starts_with("SIP/2.0 ") && bytes.find(" BYE\r\n") != std::string::npos;
  if (of_bye && settings_.sabotage == Sabotage::unanswered_bye) return;
  const bool answer = bytes.starts_with("SIP/2.0 200") && bytes.find(" INVITE\r\n") != std::string::npos;
  if (answer && settings_.sabotage == Sabotage::said_once && !said_.insert(bytes).second) return;
  put(flow, bytes);
  if (settings_.sabotage == Sabotage::second_bye && bytes.starts_with("BYE ")) {
    auto another = bytes;
    another.insert(another.find("branch=z9hG4bK") + 14, "again");
    put(flow, another);
  }
  if (!answer) return;
  if (settings_.sabotage == Sabotage::second_answer) put(flow, "SIP/2.0 486" + bytes.substr(11));
  if (settings_.sabotage == Sabotage::late_copy) {
    loop_.call_at(loop_.now() + 40s, [this, flow, bytes] { put(flow, bytes); });
  }
}

}  // namespace portico::sim
