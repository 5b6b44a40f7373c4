// `portico serve`: the server's life from the ready line to the last call.

#include <sys/resource.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "base/log.h"
#include "net/io_loop.h"
#include "net/signals.h"
#include "portico/commands.h"
#include "portico/server.h"

namespace portico::app {
namespace {

constexpr auto kAfterHangup = 5s;   // for BYEs to be answered and recordings to be closed
constexpr auto kAfterRefusal = 2s;  // for an answer to an INVITE to be sent three times
constexpr auto kLook = 50ms;

std::string ready_line(const ServeOptions& options, const Server::Facts& facts) {
  boost::json::object out;
  out["node"] = options.node;
  out["region"] = options.region;
  boost::json::array roles;
  for (const auto& role : options.roles) roles.emplace_back(role);
  out["roles"] = std::move(roles);
  out["http"] = "http://" + facts.http_here.to_string();
  out["sip"] = Endpoint{.ip = options.public_ip, .port = facts.sip_port}.to_string();
  out["sips"] = Endpoint{.ip = options.public_ip, .port = facts.sips_port}.to_string();
  out["accountId"] = facts.seeded.account_id;
  if (facts.seeded.client_id) out["clientId"] = *facts.seeded.client_id;
  if (facts.seeded.client_secret) out["clientSecret"] = *facts.seeded.client_secret;
  return "ready " + boost::json::serialize(out);
}

// As the reader can type it where the server was started.
std::string own_path() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return "portico";
  const auto near = std::filesystem::proximate(path, error).string();
  if (error || near.starts_with("..")) return path.string();
  return near.find('/') == std::string::npos ? "./" + near : near;
}

void print_demo(const ServeOptions& options, const Server::Facts& facts, const Demo& demo) {
  const bool tls = options.require_tls;
  const auto port = tls ? facts.sips_port : facts.sip_port;
  std::cerr << "\nThe demo application takes calls:\n"
            << "  SIP URI    " << demo.sip_uri << "\n"
            << "  user name  " << demo.username << "\n"
            << "  password   " << demo.password << "\n"
            << "  API        http://" << facts.http_here.to_string() << "/docs\n\n"
            << "Call it:\n  " << own_path() << " dial '" << demo.sip_uri
            << (port == (tls ? 5061 : 5060) ? "" : ":" + std::to_string(port)) << "' --password "
            << demo.password << (tls ? " --transport tls" : "")
            << (options.srtp == sdp::SrtpMode::required ? " --srtp" : "")
            << " --digits 5 --digits-after 6000 --record demo.wav\n\n";
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

// SIGTERM: drain, then hang up, then end. A second one: end at once.
class Shutdown {
 public:
  Shutdown(net::IoLoop& loop, Server& server, Millis drain_timeout)
      : loop_(loop), server_(server), drain_timeout_(drain_timeout) {}

  void on_term() {
    if (began_) {
      log::warn("second signal: stopping at once");
      server_.stop_at_once();
      loop_.stop();
      return;
    }
    began_ = true;
    log::info("draining", {{"calls", server_.calls()}, {"timeoutMs", drain_timeout_.count()}});
    server_.drain();
    hang_up_at_ = loop_.now() + drain_timeout_;
    look();
  }

 private:
  void look() {
    const auto now = loop_.now();
    const bool over = server_.calls() == 0;
    if ((over && server_.sip_sessions() == 0 && now >= not_before_) || now >= end_at_) {
      loop_.stop();
      return;
    }
    // The last BYE may be lost and has to be sent again.
    if (over && end_at_ == kNever) end_at_ = now + kAfterHangup;
    if (now >= hang_up_at_ && end_at_ == kNever) {
      log::warn("drain timeout: hanging up", {{"calls", server_.calls()}});
      server_.hang_up_all();
      end_at_ = now + kAfterHangup;
      not_before_ = now + kAfterRefusal;
    }
    loop_.call_at(now + kLook, [this] { look(); });
  }

  net::IoLoop& loop_;
  Server& server_;
  Millis drain_timeout_;
  bool began_ = false;
  TimePoint hang_up_at_ = kNever;
  TimePoint end_at_ = kNever;
  TimePoint not_before_{};
};

struct Start {
  Settings settings;
  ServeOptions options;
};

Result<void> take_over(Server& server, const Flags& flags, const Start& start) {
  const auto settings = choose(flags, process_environment);
  if (!settings) return fail(settings.error());
  const auto options = typed(*settings);
  if (!options) return fail(options.error());
  if (auto taken = server.reload(*options); !taken) return taken;
  for (const auto& setting : all_settings()) {
    if (setting.reloadable ||
        settings->find(setting.name)->second.value == start.settings.find(setting.name)->second.value) {
      continue;
    }
    log::warn("a setting has changed that waits for a restart", {{"setting", setting.name}});
  }
  if (options->public_ip_found && options->public_ip != start.options.public_ip) {
    log::warn("this host's address has changed, which waits for a restart",
              {{"inUse", start.options.public_ip.to_string()}, {"found", options->public_ip.to_string()}});
  }
  return {};
}

void reload(Server& server, const Flags& flags, const Start& start) {
  const auto taken = take_over(server, flags, start);
  if (taken) {
    log::info("reloaded: certificates and log level");
  } else {
    log::error("reload refused, everything stays as it was", {{"why", taken.error().what}});
  }
}

// A signal that is held back is delivered once it no longer is. Of this thread and those that it starts.
void hold_back(int number, bool held) {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  pthread_sigmask(held ? SIG_BLOCK : SIG_UNBLOCK, &one, nullptr);
}

}  // namespace

int serve(const Flags& flags) {
  const auto settings = choose(flags, process_environment);
  if (!settings) return complain(2, settings.error().what);
  const auto options = typed(*settings);
  if (!options) return complain(2, options.error().what);
  raise_descriptor_limit();
  hold_back(SIGHUP, true);  // it would end the process, and a start may take long
  log::start(options->log_level, options->log_format);
  if (options->public_ip_found && options->public_ip.is_loopback()) {
    log::warn(
        "this host has no address that others reach: callers elsewhere are answered with a loopback one;"
        " set public-ip, or restart once there is one",
        {{"publicIp", options->public_ip.to_string()}});
  }
  auto server = Server::start(*options);
  if (!server) {
    log::stop();
    return complain(server.error().code == Code::invalid ? 2 : 1, server.error().what);
  }
  const Start start{.settings = *settings, .options = *options};
  net::IoLoop loop("main");
  Shutdown shutdown(loop, **server, options->drain_timeout);
  const net::Signals signals(loop, [&](int number) {
    if (number == SIGHUP) {
      reload(**server, flags, start);
    } else {
      shutdown.on_term();
    }
  });
  hold_back(SIGHUP, false);
  std::cout << ready_line(*options, (*server)->facts()) << std::endl;
  if ((*server)->facts().demo) print_demo(*options, (*server)->facts(), *(*server)->facts().demo);
  loop.run();
  // Nobody looks for signals any more, and what is kept by now survives a kill: a second one ends the
  // process.
  for (const int number : {SIGTERM, SIGINT}) std::signal(number, SIG_DFL);
  server->reset();
  log::stop();
  return 0;
}

}  // namespace portico::app
