#include "sim/server.h"

#include "signaling/edge.h"
#include "sip/digest/algorithm.h"

namespace portico::sim {
namespace {

constexpr const char* kRealm = "sip.example.org";

// No peer of the simulation has a name, so the resolver is never asked; one serves all servers.
net::Resolver& resolver() {
  static const auto one = net::Resolver::make();
  return **one;
}

signaling::Options options_of(const ServerSettings& settings) {
  signaling::Options options;
  options.bind = Server::address().ip;
  options.public_ip = Server::address().ip;
  options.domain = kDomain;
  options.realm = kRealm;
  options.region = settings.region;
  options.node = "n1";
  options.base_url = "http://portico.example";
  options.nonce_secret = std::string(32, 's');
  options.invite_rate = settings.invite_rate;
  options.auth_failures = settings.auth_failures;
  return options;
}

account::Application application_of(const ServerSettings& settings) {
  account::Application application;
  application.id = "0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10";
  application.account_id = kAccount;
  application.inbound_sip_enabled = true;
  application.password_auth_enabled = settings.password;
  application.allowed_sources = settings.allowed_sources;
  application.allowed_regions = {"US"};
  application.sip_user = kUser;
  application.digest = {.realm = kRealm,
                        .ha1_sha256 = sip::make_ha1(HashAlgorithm::sha256, kUser, kRealm, kPassword),
                        .ha1_md5 = sip::make_ha1(HashAlgorithm::md5, kUser, kRealm, kPassword)};
  application.callbacks.initiated_url = "http://app.example/initiate";
  application.callbacks.status_url = "http://app.example/status";
  return application;
}

}  // namespace

Endpoint Server::address() { return {.ip = IpAddress::v4(0xC0000201), .port = 5060}; }  // 192.0.2.1

Server::Server(async::Loop& loop, Network& network, ServerSettings settings, std::uint64_t seed)
    : network_(network),
      settings_(std::move(settings)),
      random_(seed),
      luck_(seed + 1),
      media_(loop, luck_, settings_.troubles, settings_.sabotage),
      webhooks_(loop, luck_, settings_.troubles, settings_.sabotage, records_),
      sounds_(loop, luck_, settings_.troubles),
      objects_(loop, luck_, settings_.troubles),
      records_(settings_.sabotage),
      options_(options_of(settings_)),
      ports_{.media = media_,
             .webhooks = webhooks_,
             .sounds = sounds_,
             .objects = objects_,
             .records = records_,
             .directory = directory_,
             .resolver = resolver(),
             .admission_log = [this](account::AdmissionRow row) { admissions_.push_back(std::move(row)); }},
      door_({.realm = options_.realm,
             .nonce_secret = options_.nonce_secret,
             .digest_algorithms = options_.digest_algorithms,
             .invite_rate = options_.invite_rate,
             .auth_failures = options_.auth_failures}) {
  directory_.put(account::Account{.id = kAccount, .name = "Acme", .limits = settings_.limits});
  directory_.put(application_of(settings_));
  const signaling::Shared shared{
      .options = options_, .ports = ports_, .door = door_, .calls = registry_, .draining = draining_};
  pump_ =
      std::make_unique<signaling::Pump>(loop, shared, sip::UserAgentProfile{}, random_,
                                        [this](const sip::Send& one) { send(one.flow.remote, one.bytes); });
  network_.attach(address(), [this](const Datagram& datagram) { on_datagram(datagram); });
}

Server::~Server() { network_.detach(address()); }

void Server::on_datagram(const Datagram& datagram) {
  const sip::Flow flow{.local = address(), .remote = datagram.from};
  auto passed = signaling::pass_edge(flow, sip::parse_datagram(datagram.bytes), "edge");
  if (!passed.reply.empty()) send(datagram.from, passed.reply);
  if (passed.message) pump_->on_message(flow, std::move(*passed.message));
}

void Server::send(const Endpoint& to, const std::string& bytes) {
  network_.send({.from = address(), .to = to, .bytes = bytes});
  if (settings_.sabotage != Sabotage::second_answer) return;
  if (!bytes.starts_with("SIP/2.0 200") || bytes.find(" INVITE\r\n") == std::string::npos) return;
  network_.send({.from = address(), .to = to, .bytes = "SIP/2.0 486" + bytes.substr(11)});
}

}  // namespace portico::sim
