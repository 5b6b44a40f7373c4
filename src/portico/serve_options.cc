#include "portico/serve_options.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "http/url.h"
#include "medianode/port_range.h"
#include "objects/file_store.h"
#include "sip/message/uri.h"
#include "store/open.h"

namespace portico::app {
namespace {

// Reads settings one by one; the first fault is kept, later reads give harmless values.
class Reader {
 public:
  explicit Reader(const Settings& settings) : settings_(settings) {}

  const std::string& text(std::string_view name) const { return settings_.find(name)->second.value; }
  bool given(std::string_view name) const { return settings_.find(name)->second.origin != Origin::fallback; }
  // The value if one was given, else `fallback`.
  std::string or_else(std::string_view name, const std::string& fallback) const {
    return given(name) ? text(name) : fallback;
  }

  bool flag(std::string_view name) {
    const auto& value = text(name);
    if (value == "true" || value == "1" || value == "on" || value == "yes") return true;
    if (value == "false" || value == "0" || value == "off" || value == "no") return false;
    fault(name, "must be true or false");
    return false;
  }

  std::uint32_t number(std::string_view name, std::uint32_t max, std::uint32_t min = 0) {
    return number_in(name, text(name), max, min);
  }

  std::uint32_t number_in(std::string_view name, std::string_view digits, std::uint32_t max,
                          std::uint32_t min = 0) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size() || value < min || value > max) {
      fault(name, "must be a number from " + std::to_string(min) + " to " + std::to_string(max));
    }
    return value;
  }

  std::optional<std::uint32_t> number_if_given(std::string_view name, std::uint32_t max) {
    const auto value = number(name, max);
    return given(name) ? std::optional(value) : std::nullopt;
  }

  IpAddress ip(std::string_view name) {
    const auto address = parse_ip(text(name));
    if (!address) fault(name, "must be an IP address");
    return address.value_or(IpAddress());
  }

  std::vector<std::string> list(std::string_view text) const {
    std::vector<std::string> out;
    while (!text.empty()) {
      const auto comma = text.find(',');
      auto item = text.substr(0, comma);
      while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
      while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
      if (!item.empty()) out.emplace_back(item);
      text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    return out;
  }

  template <typename T, std::size_t N>
  T one_of(std::string_view name, const std::array<std::pair<std::string_view, T>, N>& words) {
    std::string all;
    for (const auto& [word, value] : words) {
      if (word == text(name)) return value;
      all += (all.empty() ? "" : ", ") + std::string(word);
    }
    fault(name, "must be one of " + all);
    return words[0].second;
  }

  void fault(std::string_view name, const std::string& what) {
    if (error_) return;
    const auto& chosen = settings_.find(name)->second;
    error_ = Error{.code = Code::invalid,
                   .what = "--" + std::string(name) + " " + what + ", but is \"" + chosen.value +
                           "\" (from " + std::string(origin_name(chosen.origin)) + ")"};
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  const Settings& settings_;
  std::optional<Error> error_;
};

void read_rtp_ports(Reader& reader, ServeOptions& out) {
  const std::string_view range = reader.text("rtp-ports");
  const auto dash = range.find('-');
  if (dash == std::string_view::npos) {
    reader.fault("rtp-ports", "must be LO-HI");
    return;
  }
  out.rtp_low = static_cast<std::uint16_t>(reader.number_in("rtp-ports", range.substr(0, dash), 65534));
  out.rtp_high = static_cast<std::uint16_t>(reader.number_in("rtp-ports", range.substr(dash + 1), 65535));
  if (out.rtp_low < 1024 || out.rtp_low >= out.rtp_high) {
    reader.fault("rtp-ports", "must be LO-HI with 1024 <= LO < HI");
  } else if (!medianode::PortRange::make(out.rtp_low, out.rtp_high, out.media_threads)) {
    reader.fault("rtp-ports", "must hold an even port with the odd one above it for each of --media-threads");
  }
}

void read_codecs(Reader& reader, ServeOptions& out) {
  for (const auto& name : reader.list(reader.text("codecs"))) {
    bool known = false;
    for (const auto codec : {Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus}) {
      if (codec_name(codec) != name) continue;
      out.codecs.push_back(codec);
      known = true;
    }
    if (!known) reader.fault("codecs", "must list PCMU, PCMA, G722 or opus");
  }
  if (out.codecs.empty()) reader.fault("codecs", "must name at least one codec");
}

void read_digest_algorithms(Reader& reader, ServeOptions& out) {
  for (const auto& name : reader.list(reader.text("digest-algorithms"))) {
    if (name == "SHA-256") {
      out.digest_algorithms.push_back(HashAlgorithm::sha256);
    } else if (name == "MD5") {
      out.digest_algorithms.push_back(HashAlgorithm::md5);
    } else {
      reader.fault("digest-algorithms", "must list SHA-256 and MD5");
    }
  }
  if (out.digest_algorithms.empty()) reader.fault("digest-algorithms", "must name at least one algorithm");
}

void read_places(Reader& reader, ServeOptions& out) {
  out.data = reader.text("data");
  out.store = reader.or_else("store", "sqlite:" + out.data + "/portico.db");
  if (!store::file_of_store(out.store)) reader.fault("store", "must be sqlite:PATH");
  out.objects = reader.or_else("objects", "file:" + out.data + "/objects");
  if (!objects::directory_of_objects(out.objects)) reader.fault("objects", "must be file:PATH");
}

void read_roles(Reader& reader, ServeOptions& out) {
  out.roles = reader.list(reader.text("roles"));
  auto sorted = out.roles;
  std::ranges::sort(sorted);
  if (sorted != std::vector<std::string>{"api", "media", "signaling"}) {
    reader.fault(
        "roles",
        "must name signaling, media and api, each once: this version runs every role in one process");
  }
}

// Callers are sent there, and packets taken.
bool is_unicast(const IpAddress& ip) {
  return !ip.is_unspecified() && ip.v4_value() < 0xE0000000;  // from there: multicast, reserved, broadcast
}

// SIP and RTP are IPv4 alone (contract voice-applications.md 5.5).
void read_addresses(Reader& reader, ServeOptions& out) {
  constexpr auto kFourOnly = "must be an IPv4 address: calls over IPv6 are not taken";
  out.bind = reader.ip("bind");
  if (!out.bind.is_v4()) return reader.fault("bind", kFourOnly);
  if (!out.bind.is_unspecified() && !is_unicast(out.bind)) {
    reader.fault("bind", "must be an address of this host, or 0.0.0.0 for all");
  }
  out.public_ip_found = !reader.given("public-ip") && out.bind.is_unspecified();
  out.public_ip = reader.given("public-ip") ? reader.ip("public-ip")
                  : out.public_ip_found     ? first_address(true)
                                            : out.bind;
  if (!out.public_ip.is_v4()) return reader.fault("public-ip", kFourOnly);
  if (!is_unicast(out.public_ip)) reader.fault("public-ip", "must be an address that callers can reach");
  out.domain = reader.or_else("domain", out.public_ip.to_string());
  const auto domain = sip::parse_host_port(out.domain);
  if (!domain || domain->host != out.domain) {
    reader.fault("domain", "must be a host name or an address, without a port");
  }
  out.realm = reader.or_else("realm", out.domain);
  if (out.realm.empty()) reader.fault("realm", "must not be empty");
}

void read_identity(Reader& reader, ServeOptions& out) {
  char host[256] = "portico";
  gethostname(host, sizeof host - 1);
  out.node = reader.or_else("node", host);
  out.region = reader.text("region");
  if (out.region.empty()) reader.fault("region", "must not be empty");
  out.regions = reader.given("regions") ? reader.list(reader.text("regions")) : std::vector{out.region};
  // Else no application could allow the region that every call arrives in.
  if (std::ranges::find(out.regions, out.region) == out.regions.end())
    reader.fault("regions", "must hold --region " + out.region);
}

void read_listeners(Reader& reader, ServeOptions& out) {
  out.sip_port = static_cast<std::uint16_t>(reader.number("sip-port", 65535));
  out.sips_port = static_cast<std::uint16_t>(reader.number("sips-port", 65535));
  const auto http = parse_endpoint(reader.text("http"));
  if (!http) reader.fault("http", "must be ADDRESS:PORT");
  out.http = http.value_or(Endpoint{});
  out.public_url = reader.or_else("public-url", "");
  while (out.public_url.ends_with('/')) out.public_url.pop_back();
  if (!out.public_url.empty() && !http::parse_url(out.public_url))
    reader.fault("public-url", "must be an http or https URL");
  out.tls_cert = reader.or_else("tls-cert", "");
  out.tls_key = reader.or_else("tls-key", "");
  if (out.tls_cert.empty() != out.tls_key.empty())
    reader.fault(out.tls_cert.empty() ? "tls-key" : "tls-cert", "needs --tls-cert and --tls-key together");
}

void read_limits(Reader& reader, ServeOptions& out) {
  out.allow_private_source_ips = reader.flag("allow-private-source-ips");
  out.invite_rate = reader.number("invite-rate", 1'000'000);
  out.auth_failures = reader.number("auth-failures", 32);
  out.account_limits.calls_per_second = reader.number_if_given("calls-per-second", 1'000'000);
  out.account_limits.concurrent_calls = reader.number_if_given("concurrent-calls", 1'000'000);
  out.allow_private_targets = reader.flag("allow-private-targets");
  out.signaling_threads = reader.number("signaling-threads", 64, 1);
  out.media_threads = reader.number("media-threads", 64, 1);
  read_rtp_ports(reader, out);
  out.drain_timeout = Millis(1000) * reader.number("drain-timeout", 86'400);
}

// Reaches nobody beyond its own wire: fe80::/10 (RFC 4291 section 2.5.6), 169.254.0.0/16 (RFC 3927).
bool is_link_local(const IpAddress& ip) {
  if (ip.is_v4()) return ip.v4_value() >> 16U == 0xA9FE;
  return ip.raw()[0] == 0xFE && (ip.raw()[1] & 0xC0) == 0x80;
}

}  // namespace

IpAddress first_address(bool v4) {
  ifaddrs* list = nullptr;
  auto found = loopback(v4);
  if (getifaddrs(&list) != 0) return found;
  for (const auto* i = list; i != nullptr; i = i->ifa_next) {
    if (i->ifa_addr == nullptr || (i->ifa_flags & IFF_UP) == 0) continue;
    if (i->ifa_addr->sa_family != (v4 ? AF_INET : AF_INET6)) continue;
    const auto ip = from_sockaddr(*i->ifa_addr).ip;
    if (ip.is_loopback() || is_link_local(ip)) continue;
    found = ip;
    break;
  }
  freeifaddrs(list);
  return found;
}

IpAddress loopback(bool v4) { return v4 ? IpAddress::v4(0x7F000001) : *parse_ip("::1"); }

Endpoint reached_at(const Endpoint& listener, IpAddress ip) {
  if (!listener.ip.is_unspecified()) return listener;
  const bool v4 = listener.ip.is_v4();
  return {.ip = ip.is_v4() == v4 ? ip : first_address(v4), .port = listener.port};
}

Result<ServeOptions> typed(const Settings& settings) {
  Reader reader(settings);
  ServeOptions out;
  read_places(reader, out);
  read_roles(reader, out);
  read_addresses(reader, out);
  read_identity(reader, out);
  read_listeners(reader, out);
  read_codecs(reader, out);
  read_digest_algorithms(reader, out);
  read_limits(reader, out);
  out.basic_auth = reader.flag("basic-auth");
  out.require_tls = reader.flag("require-tls");
  out.hide_applications = reader.flag("hide-applications");
  out.demo = reader.flag("demo");
  out.srtp = reader.one_of<sdp::SrtpMode, 3>("srtp", {{{"optional", sdp::SrtpMode::optional},
                                                       {"off", sdp::SrtpMode::off},
                                                       {"required", sdp::SrtpMode::required}}});
  out.log_level = reader.one_of<log::Level, 6>("log-level", {{{"info", log::Level::info},
                                                              {"trace", log::Level::trace},
                                                              {"debug", log::Level::debug},
                                                              {"warn", log::Level::warn},
                                                              {"error", log::Level::error},
                                                              {"off", log::Level::off}}});
  out.log_format = reader.one_of<log::Format, 2>(
      "log-format", {{{"text", log::Format::text}, {"json", log::Format::json}}});
  if (reader.error()) return fail(*reader.error());
  return out;
}

}  // namespace portico::app
