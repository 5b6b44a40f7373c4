#include "portico/server.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <filesystem>

#include "api/gate.h"
#include "api/json_answer.h"
#include "api/routes.h"
#include "async/workers.h"
#include "base/log.h"
#include "bxml/parse.h"
#include "bxml/report.h"
#include "http/client.h"
#include "http/server.h"
#include "net/self_signed.h"
#include "objects/file_store.h"
#include "objects/recording_objects.h"
#include "portico/data_directory.h"
#include "portico/data_lock.h"
#include "portico/demo_routes.h"
#include "portico/descriptor_shares.h"
#include "portico/joints.h"
#include "portico/media_sounds.h"
#include "portico/own_media.h"
#include "portico/recovery.h"
#include "portico/rounds.h"
#include "portico/sounds.h"
#include "signaling/node.h"
#include "sip/message/uri.h"
#include "speech/espeak.h"
#include "store/admission_log.h"
#include "store/open.h"
#include "store/upkeep.h"
#include "webhook/courier.h"

namespace portico::app {
namespace {

constexpr auto kPatience = 5s;                // for webhooks and store writes when the server ends
constexpr auto kShortPatience = 1s;           // for answers of the API; for writes where it ends at once
constexpr auto kLookEvery = 60s;              // after recordings that their calls let go
constexpr std::size_t kWorkers = 4;           // sounds: files, decoding
constexpr std::size_t kEventWorkers = 1;      // the outbox waits for no sound
constexpr std::size_t kRecordingWorkers = 4;  // a disk that hangs under recordings holds up nothing else
constexpr std::size_t kHttpWorkers = 4;

account::Deployment deployment_of(const ServeOptions& options) {
  account::Deployment deployment;
  deployment.domain = options.domain;
  deployment.realm = options.realm;
  deployment.regions = options.regions;
  deployment.allow_private_source_ips = options.allow_private_source_ips;
  // As a call will read it, which matters for credentials: they go to https only.
  const auto base = (options.public_url.empty() ? "http://application.invalid" : options.public_url) + "/";
  deployment.bxml_fault = [base](std::string_view document) -> std::optional<std::string> {
    const auto faults = bxml::check(document, {.base_url = base});
    if (faults.empty()) return std::nullopt;
    return bxml::describe(faults.front());
  };
  return deployment;
}

DescriptorShares descriptor_shares() {
  rlimit files{};
  return shares_of(getrlimit(RLIMIT_NOFILE, &files) == 0 ? files.rlim_cur : 1'024);
}

Result<net::TlsFiles> identity_of(const ServeOptions& options) {
  if (!options.tls_cert.empty()) {
    return net::TlsFiles{.certificate = options.tls_cert, .key = options.tls_key};
  }
  net::CertificateNames names;
  if (sip::host_address(options.domain)) {
    names.dns = {options.node};
  } else {
    names.dns = {options.domain, options.node};
  }
  names.ips = {options.public_ip, IpAddress::v4(0x7F000001)};
  return net::ensure_self_signed(options.data, names);
}

}  // namespace

// In the order of construction; destroyed from the last to the first.
struct Server::Parts {
  explicit Parts(const ServeOptions& o) : options(o), deployment(deployment_of(o)) {}

  ServeOptions options;
  const DescriptorShares shares = descriptor_shares();
  account::Deployment deployment;
  Facts facts;
  std::string inline_base_url;
  std::atomic<bool> draining{false};
  std::atomic<bool> stopping{false};
  bool at_once = false;  // with no patience for others

  std::vector<DataLock> locks;
  std::unique_ptr<account::Store> store;
  account::Directory directory;
  // Its loops outlive every thread that answers calls: an answer may be on its way to one until the last.
  std::unique_ptr<signaling::Node> signaling;
  std::unique_ptr<store::WriteBehind> writes;
  std::unique_ptr<store::AdmissionLog> admissions;
  std::unique_ptr<objects::FileStore> objects;
  std::shared_ptr<net::TlsServer> tls;
  medianode::SoundCache sound_cache;  // outlives the workers: they put sounds into it
  MediaSounds media_sounds{sound_cache};
  // They outlive the workers: a job's end may be the next fetch.
  std::unique_ptr<http::Client> client;
  std::unique_ptr<http::Client> prompt_client;  // writes files: its thread waits for the disk
  std::unique_ptr<async::Workers> workers;
  std::unique_ptr<async::Workers> event_workers;
  std::unique_ptr<async::Workers> recording_workers;
  std::unique_ptr<Rounds> looks;  // after what calls have left
  std::unique_ptr<medianode::MediaNode> media;
  speech::Espeak voice;
  std::unique_ptr<speech::Speaker> speaker;
  std::unique_ptr<objects::AudioFetcher> fetcher;
  std::unique_ptr<webhook::Courier> courier;
  std::unique_ptr<MediaPort> media_port;
  std::unique_ptr<Prompts> prompts;
  std::unique_ptr<objects::RecordingObjects> recordings;
  std::unique_ptr<StoredRecords> records;
  std::unique_ptr<net::Resolver> resolver;
  std::unique_ptr<store::Upkeep> upkeep;
  std::unique_ptr<async::Workers> http_workers;
  std::unique_ptr<async::Turns> http_turns;
  std::unique_ptr<api::Services> services;
  std::unique_ptr<http::Router> router;
  std::unique_ptr<http::Server> http;

  Result<void> lock_data();
  Result<void> open_store();
  Result<void> open_media();
  Result<void> load_identity();
  Result<void> open_http();
  std::vector<Endpoint> own_listeners() const;
  Result<void> open_backend();
  Result<void> open_signaling();
  Recovery recovery();
  Result<void> recover();
  Result<void> seed_store();
  void look_after_recordings();
  Result<void> forget_objects(const std::vector<std::string>& keys);
  void add_routes();
  void stop();
};

// The store may lie elsewhere, and another server with it.
Result<void> Server::Parts::lock_data() {
  auto made = make_data_directory(options.data);
  if (!made) return made;
  const auto store_file = store::file_of_store(options.store);
  if (!store_file) return fail(store_file.error());
  std::vector<std::string> files{options.data + "/serve.lock"};
  if (*store_file != ":memory:") files.push_back(*store_file + ".lock");
  for (const auto& file : files) {
    auto lock = DataLock::take(file);
    if (!lock) return fail(lock.error());
    locks.push_back(std::move(*lock));
  }
  return {};
}

Result<void> Server::Parts::open_store() {
  auto opened = store::open_store(options.store);
  if (!opened) return fail(opened.error());
  store = std::move(*opened);
  const auto read = directory.refresh(*store);
  if (!read) return fail(read.error());
  writes = std::make_unique<store::WriteBehind>(*store);
  admissions = std::make_unique<store::AdmissionLog>(*writes);
  auto files = objects::open_objects(options.objects);
  if (!files) return fail(files.error());
  objects = std::move(*files);
  auto lock = DataLock::take(objects->lock_file().string());
  if (!lock) return fail(lock.error());
  locks.push_back(std::move(*lock));
  return {};
}

Result<void> Server::Parts::open_media() {
  workers = std::make_unique<async::Workers>(kWorkers);
  event_workers = std::make_unique<async::Workers>(kEventWorkers);
  recording_workers = std::make_unique<async::Workers>(kRecordingWorkers);
  looks = std::make_unique<Rounds>(*recording_workers, kLookEvery, Clock::now());
  auto node = medianode::MediaNode::start({.bind = options.bind,
                                           .public_ip = options.public_ip,
                                           .rtp_port_low = options.rtp_low,
                                           .rtp_port_high = options.rtp_high,
                                           .threads = options.media_threads},
                                          sound_cache, *recording_workers);
  if (!node) return fail(node.error());
  media = std::move(*node);
  speaker = std::make_unique<speech::Speaker>(voice, media_sounds,
                                              std::filesystem::path(options.data) / "cache/speech");
  return {};
}

Result<void> Server::Parts::load_identity() {
  const auto identity = identity_of(options);
  if (!identity) return fail(identity.error());
  auto loaded = net::TlsServer::load(*identity);
  if (!loaded) return fail(loaded.error());
  tls = std::move(*loaded);
  return {};
}

// Listens before anything else needs the address in use: it is part of callUrl.
Result<void> Server::Parts::open_http() {
  http_workers = std::make_unique<async::Workers>(kHttpWorkers);
  // Half for one account, so that the others' short requests pass its long ones.
  http_turns = std::make_unique<async::Turns>(*http_workers, kHttpWorkers, kHttpWorkers / 2);
  auto server = http::Server::listen({.listen = options.http,
                                      .connections_max = shares.api_connections,
                                      .errors = api::error_page,
                                      .tls = tls},
                                     *http_turns);
  if (!server) return fail(server.error());
  http = std::move(*server);
  facts.http = http->local();
  facts.http_here = reached_at(facts.http, loopback(facts.http.ip.is_v4()));
  inline_base_url = options.public_url;  // where a proxy stands in front it may change paths
  if (!options.public_url.empty()) return {};
  inline_base_url = "http://" + facts.http_here.to_string();
  options.public_url = "http://" + reached_at(facts.http, options.public_ip).to_string();
  return {};
}

// What documents may not have asked in our name. The demo's own document is answered by this very server.
std::vector<Endpoint> Server::Parts::own_listeners() const {
  std::vector<Endpoint> own{{.ip = options.bind, .port = options.sip_port},
                            {.ip = options.bind, .port = options.sips_port}};
  if (!options.demo) own.push_back(facts.http);
  std::erase_if(own, [](const Endpoint& listener) { return listener.port == 0; });
  return own;
}

Result<void> Server::Parts::open_backend() {
  http::ClientOptions backends{.allow_private_targets = options.allow_private_targets,
                               .own_listeners = own_listeners()};
  // Neither is without a connection, however few descriptors there are.
  const auto for_prompts = std::max<std::size_t>(shares.backend_connections / 4, 1);
  backends.connections_max = shares.backend_connections - for_prompts + 1;
  client = std::make_unique<http::Client>(backends);
  backends.connections_max = for_prompts;
  prompt_client = std::make_unique<http::Client>(backends);
  const objects::OwnMedia own{
      .base_urls = {options.public_url + "/api/v2/accounts/", inline_base_url + "/api/v2/accounts/"},
      .object_key = [this](std::string_view account_id, std::string_view url) -> Result<std::string> {
        return own_object(*store, account_id, url);
      }};
  fetcher = std::make_unique<objects::AudioFetcher>(*prompt_client, *workers, *objects, media_sounds, own);
  webhook::OutboxOptions outbox;
  outbox.asking_max = std::max<std::size_t>((shares.backend_connections - for_prompts) * 3 / 4, 1);
  outbox.alone = true;  // SQLite has one process: what a killed one was sending goes out at once
  courier = std::make_unique<webhook::Courier>(
      *store, *event_workers, *client,
      [this](account::Write write) { return submit(*writes, std::move(write)); }, outbox);
  media_port = std::make_unique<MediaPort>(*media);
  prompts = std::make_unique<Prompts>(*speaker, *fetcher);
  recordings = std::make_unique<objects::RecordingObjects>(*objects, *recording_workers);
  records = std::make_unique<StoredRecords>(*writes);
  return {};
}

Recovery Server::Parts::recovery() {
  return {.store = *store,
          .directory = directory,
          .objects = *objects,
          .webhooks = *courier,
          .records = *records,
          .base_url = options.public_url,
          .now = read_clocks().wall};
}

// Once nothing is left that could keep this process from serving.
Result<void> Server::Parts::recover() {
  courier->start();
  if (const auto calls = end_orphaned_calls(recovery()); !calls) return fail(calls.error());
  const auto cut_off = finish_orphaned_recordings(recovery());
  if (!cut_off) return fail(cut_off.error());
  return {};
}

// Last of all, and nothing behind it fails: what it makes is shown once.
Result<void> Server::Parts::seed_store() {
  const auto now = read_clocks().wall;
  auto seeded = seed(*store, options.account_limits, process_environment, now);
  if (!seeded) return fail(seeded.error());
  facts.seeded = std::move(*seeded);
  if (options.demo) {
    auto demo = make_demo(*store, deployment, facts.seeded.account_id, now);
    if (demo) {
      facts.demo = std::move(*demo);
    } else {
      log::error("the demo application cannot be made", {{"why", demo.error().what}});
    }
  }
  (void)directory.refresh(*store);  // else the upkeep does
  return {};
}

// Called twice a second; the work, which waits for the disk, is a worker's.
void Server::Parts::look_after_recordings() {
  const auto now = Clock::now();
  if (!looks->due(now)) return;
  // Asked now: the media node may be gone when a worker comes to it.
  looks->begin(now, [this, unfinished = media->unfinished_recordings(), asked = recovery()] {
    if (stopping || !writes->flush(1s)) return;
    const auto finished = finish_left_recordings(asked, unfinished, stopping);
    if (!finished) log::warn("recordings cannot be looked after", {{"why", finished.error().what}});
  });
}

Result<void> Server::Parts::open_signaling() {
  auto dns = net::Resolver::make();
  if (!dns) return fail(dns.error());
  resolver = std::move(*dns);
  auto secret = store->server_secret("nonce", 32);
  if (!secret) return fail(secret.error());
  auto trust = net::TlsClient::make({});
  if (!trust) return fail(trust.error());
  signaling::Options o;
  o.tls_client = std::move(*trust);
  o.workers = options.signaling_threads;
  o.bind = options.bind;
  o.public_ip = options.public_ip;
  o.sip_port = options.sip_port;
  o.sips_port = options.sips_port;
  o.tls = tls;
  o.connections_max = shares.sip_connections;
  o.domain = options.domain;
  o.realm = options.realm;
  o.region = options.region;
  o.regions = options.regions;
  o.node = options.node;
  o.base_url = options.public_url;
  o.inline_base_url = inline_base_url;
  o.nonce_secret = std::move(*secret);
  o.invite_rate = options.invite_rate;
  o.auth_failures = options.auth_failures;
  o.digest_algorithms = options.digest_algorithms;
  o.require_tls = options.require_tls;
  o.hide_applications = options.hide_applications;
  o.codecs = options.codecs;
  o.srtp = options.srtp;
  auto node = signaling::Node::open(std::move(o), {.media = *media_port,
                                                   .webhooks = *courier,
                                                   .sounds = *prompts,
                                                   .objects = *recordings,
                                                   .records = *records,
                                                   .directory = directory,
                                                   .resolver = *resolver,
                                                   .admission_log = [this](account::AdmissionRow row) {
                                                     admissions->add(std::move(row));
                                                   }});
  if (!node) return fail(node.error());
  signaling = std::move(*node);
  facts.sip_port = signaling->sip_port();
  facts.sips_port = signaling->sips_port();
  return {};
}

Result<void> Server::Parts::forget_objects(const std::vector<std::string>& keys) {
  Result<void> all;
  for (const auto& key : keys) {
    const auto removed = objects->remove(key);
    if (removed) continue;
    log::error("a recording's file could not be removed", {{"key", key}, {"why", removed.error().what}});
    all = fail(Code::unavailable, removed.error().what);
  }
  return all;
}

void Server::Parts::add_routes() {
  services = std::make_unique<api::Services>(
      api::Services{.store = *store, .directory = directory, .deployment = deployment});
  services->public_url = options.public_url;
  services->basic_auth = options.basic_auth;
  services->region = options.region;
  services->require_tls = options.require_tls;
  services->hide_applications = options.hide_applications;
  services->calls = &signaling->calls();
  services->unwritten_call = [this](std::string_view account_id, std::string_view call_id) {
    return writes->waiting_call(account_id, call_id);
  };
  services->object_path = [this](std::string_view key) -> std::optional<std::filesystem::path> {
    const auto found = objects->find(key);
    if (!found) return std::nullopt;
    return found->path;
  };
  services->forget_objects = [this](const std::vector<std::string>& keys) { return forget_objects(keys); };
  services->not_ready = [this] {
    return draining ? std::vector<std::string>{"draining"} : std::vector<std::string>{};
  };
  router = std::make_unique<http::Router>(api::error_page);
  api::add_routes(*router, *services);
  if (options.demo) add_demo_routes(*router);
}

void Server::Parts::stop() {
  draining = true;
  stopping = true;
  if (http) http->stop(at_once ? Millis(0) : kShortPatience);
  upkeep.reset();
  if (signaling) signaling->stop();
  resolver.reset();  // answers to loops that still exist
  media.reset();     // closes recordings
  if (courier) courier->stop(at_once ? Millis(0) : kPatience);
  if (admissions) admissions->flush();
  if (writes) writes->stop(at_once ? kShortPatience : kPatience);
  recordings.reset();         // what waits to be stored is left to the next start
  recording_workers.reset();  // waits for a disk that hangs: nobody else is kept waiting any more
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Server::~Server() { parts_->stop(); }

// No thread or descriptor may be left for one of the parts: they say so by exceptions.
Result<std::unique_ptr<Server>> Server::start(const ServeOptions& options) try {
  auto parts = std::make_unique<Parts>(options);
  for (const auto step :
       {&Parts::lock_data, &Parts::open_store, &Parts::open_media, &Parts::load_identity, &Parts::open_http,
        &Parts::open_backend, &Parts::open_signaling, &Parts::recover, &Parts::seed_store}) {
    auto done = ((*parts).*step)();
    if (!done) return fail(done.error());
  }
  parts->add_routes();
  auto* p = parts.get();
  p->upkeep = std::make_unique<store::Upkeep>(
      p->directory, *p->store,
      [p](const std::vector<std::string>& keys) { return p->forget_objects(keys).has_value(); },
      store::UpkeepTimes{},
      [p] {
        p->admissions->flush();
        p->look_after_recordings();
      });
  p->signaling->start();
  p->http->start(
      [p](http::Request request) { return api::serve(*p->router, *p->services, std::move(request)); },
      [p](const http::Request& request) { return api::judge_head(*p->services, request); });
  return std::unique_ptr<Server>(new Server(std::move(parts)));
} catch (const std::exception& e) {
  return fail(Code::unavailable, std::string("the server cannot start: ") + e.what());
}

const Server::Facts& Server::facts() const { return parts_->facts; }
std::size_t Server::calls() const { return parts_->signaling->calls().size(); }
std::size_t Server::sip_sessions() const { return parts_->signaling->open_sessions(); }

void Server::drain() {
  parts_->draining = true;
  parts_->signaling->drain();
}

void Server::stop_at_once() { parts_->at_once = true; }
void Server::hang_up_all() { parts_->signaling->hang_up_all(); }

Result<void> Server::reload(const ServeOptions& options) {
  auto asked = parts_->options;  // a generated certificate stays where it is
  asked.tls_cert = options.tls_cert;
  asked.tls_key = options.tls_key;
  const auto identity = identity_of(asked);
  if (!identity) return fail(identity.error());
  auto reloaded = parts_->tls->reload(*identity);
  if (!reloaded) return reloaded;
  log::set_level(options.log_level);
  return {};
}

}  // namespace portico::app
