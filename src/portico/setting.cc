#include "portico/setting.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include "portico/yaml_file.h"

namespace portico::app {
namespace {

constexpr std::array kSettings{
    Setting{"config", "", "FILE", "YAML file with any of these settings"},
    Setting{"data", "./portico-data", "DIR",
            "embedded store, recordings, generated keys; created with mode 0700"},
    Setting{"store", "sqlite:DIR/portico.db", "URL", "sqlite:PATH"},
    Setting{"objects", "file:DIR/objects", "URL", "recordings: file:PATH"},
    Setting{"roles", "signaling,media,api", "LIST", "the roles of this process: this version runs all three"},
    Setting{"node", "the host name", "NAME", "unique in a deployment"},
    Setting{"region", "US", "NAME", "region that this node serves"},
    Setting{"regions", "the region", "LIST", "every region that allowedRegions may name"},
    Setting{"domain", "the public address", "NAME", "host part of every sipUri"},
    Setting{"realm", "the domain", "NAME", "digest realm"},
    Setting{"digest-algorithms", "SHA-256,MD5", "LIST",
            "offered in challenges, in this order; MD5 alone for peers that stumble over SHA-256"},
    Setting{"bind", "0.0.0.0", "IP", "address the SIP and RTP sockets bind to"},
    Setting{"public-ip", "first non-loopback address, else 127.0.0.1", "IP",
            "address put in Contact and SDP"},
    Setting{"sip-port", "5060", "N", "UDP and TCP; 0 is any free one"},
    Setting{"sips-port", "5061", "N", "TLS; 0 is any free one"},
    Setting{"rtp-ports", "16384-32767", "LO-HI", "UDP, two a leg at most"},
    Setting{"http", "127.0.0.1:8080", "ADDR:PORT", "management API, Voice API, metrics"},
    Setting{"public-url", "http:// and --http, or --public-ip for a wildcard", "URL",
            "base of callUrl and mediaUrl"},
    Setting{"tls-cert", "generated", "FILE", "PEM certificate chain for SIPS and HTTPS; reloaded on SIGHUP",
            true},
    Setting{"tls-key", "generated", "FILE", "PEM private key of tls-cert", true},
    Setting{"require-tls", "false", "", "refuse INVITEs over UDP and TCP"},
    Setting{"basic-auth", "true", "", "the API takes HTTP Basic besides bearer tokens"},
    Setting{"hide-applications", "false", "",
            "answer 404, as if there were none, where region or source address is not allowed"},
    Setting{"srtp", "optional", "off|optional|required",
            "SRTP by SDES: taken when offered, never, or demanded"},
    Setting{"codecs", "PCMU,PCMA,G722,opus", "LIST", "allowed codecs"},
    Setting{"log-level", "info", "LEVEL", "trace, debug, info, warn, error or off", true},
    Setting{"log-format", "text", "text|json", "form of log lines on stderr"},
    Setting{"allow-private-source-ips", "false", "", "accept non-public blocks in allowedSourceIps"},
    Setting{"invite-rate", "50", "N", "INVITEs a second taken from one source address, 0 for no limit"},
    Setting{"auth-failures", "5", "N",
            "wrong passwords in 60 s from one source for one application before 403 for 60 s, 32 at most, 0 "
            "for no limit"},
    Setting{"calls-per-second", "5", "N", "call starts a second of the account, 0 for no limit"},
    Setting{"concurrent-calls", "100", "N", "calls at a time of the account, 0 for no limit"},
    Setting{"allow-private-targets", "true", "",
            "webhooks and prompts may reach private and loopback addresses"},
    Setting{"signaling-threads", "1", "N", "threads that own calls"},
    Setting{"media-threads", "1", "N", "threads that own RTP ports"},
    Setting{"drain-timeout", "60", "SECONDS", "how long calls may go on after SIGTERM"},
    Setting{"demo", "false", "", "create the demo application if the account has none"},
};

Result<void> take_file(const std::string& path, Settings& out) {
  auto values = read_yaml(path);
  if (!values) return fail(values.error());
  for (auto& [name, value] : *values) {
    if (find_setting(name) == nullptr || name == "config") {
      return fail(Code::invalid, path + ": unknown key \"" + name + "\"; `portico config` lists all keys");
    }
    out[name] = {.value = std::move(value), .origin = Origin::file};
  }
  return {};
}

// As YAML that means the same text, whatever is in it.
std::string quoted(const std::string& value) {
  std::string out = "'";
  for (const char c : value) out += c == '\'' ? std::string("''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::span<const Setting> all_settings() { return kSettings; }

const Setting* find_setting(std::string_view name) {
  const auto it =
      std::find_if(kSettings.begin(), kSettings.end(), [&](const Setting& s) { return s.name == name; });
  return it == kSettings.end() ? nullptr : &*it;
}

std::string environment_name(std::string_view setting) {
  std::string name = "PORTICO_";
  for (const char c : setting)
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::string_view origin_name(Origin origin) {
  constexpr std::string_view kNames[] = {"default", "file", "environment", "flag"};
  return kNames[static_cast<std::size_t>(origin)];
}

Result<Settings> choose(const std::map<std::string, std::string, std::less<>>& flags,
                        const Environment& environment) {
  Settings out;
  std::string file;
  if (const auto from_environment = environment("PORTICO_CONFIG")) file = *from_environment;
  if (const auto flag = flags.find("config"); flag != flags.end()) file = flag->second;
  if (!file.empty()) {
    auto taken = take_file(file, out);
    if (!taken) return fail(taken.error());
  }
  for (const auto& setting : kSettings) {
    const std::string name(setting.name);
    if (const auto value = environment(environment_name(name))) out[name] = {*value, Origin::environment};
    if (const auto flag = flags.find(name); flag != flags.end()) out[name] = {flag->second, Origin::flag};
    if (!out.contains(name)) out[name] = {std::string(setting.fallback), Origin::fallback};
  }
  return out;
}

std::string to_yaml(const Settings& settings) {
  std::string out =
      "# Effective configuration. Each key is also the flag --KEY and the environment variable after it.\n";
  for (const auto& setting : kSettings) {
    if (setting.name == "config") continue;
    const auto& chosen = settings.find(setting.name)->second;
    const std::string name(setting.name);
    // A default is described, not always a value.
    out += chosen.origin == Origin::fallback ? "# " + name + ": " + chosen.value
                                             : name + ": " + quoted(chosen.value);
    out += "  # " + std::string(origin_name(chosen.origin)) + ", " + environment_name(name) + ": " +
           std::string(setting.meaning) + "\n";
  }
  return out;
}

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace portico::app
