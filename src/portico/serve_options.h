#pragma once
// Settings as typed values, judged together; what the host knows (its name, its addresses) fills the gaps.

#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/codec.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/result.h"
#include "portico/seed.h"
#include "portico/setting.h"
#include "sdp/negotiation.h"

namespace portico::app {

struct ServeOptions {
  std::string data;
  std::string store;
  std::string objects;
  std::string node;
  std::string region;
  std::vector<std::string> regions;
  std::vector<std::string> roles;
  std::string domain;
  std::string realm;
  std::vector<HashAlgorithm> digest_algorithms;
  IpAddress bind;
  IpAddress public_ip;
  bool public_ip_found = false;  // not given: an address of this host
  std::uint16_t sip_port = 5060;
  std::uint16_t sips_port = 5061;
  std::uint16_t rtp_low = 16384;
  std::uint16_t rtp_high = 32767;
  Endpoint http;
  std::string public_url;  // empty: made from the address in use
  std::string tls_cert;    // empty: generated
  std::string tls_key;
  bool basic_auth = true;
  bool require_tls = false;
  bool hide_applications = false;
  sdp::SrtpMode srtp = sdp::SrtpMode::optional;
  std::vector<Codec> codecs;
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::text;
  bool allow_private_source_ips = false;
  std::uint32_t invite_rate = 50;
  std::uint32_t auth_failures = 5;
  LimitSettings account_limits;
  bool allow_private_targets = true;
  unsigned signaling_threads = 1;
  unsigned media_threads = 1;
  Millis drain_timeout{60'000};
  bool demo = false;
};

// Errors: invalid, naming the setting, its value and what it should be.
Result<ServeOptions> typed(const Settings& settings);

// The host's first address of a family that others could reach (neither loopback nor link-local), else
// 127.0.0.1 or ::1.
IpAddress first_address(bool v4);

IpAddress loopback(bool v4);

// A listener at a wildcard as it is reached: by `ip`, or where that is of the other family by an address of
// this host.
Endpoint reached_at(const Endpoint& listener, IpAddress ip);

}  // namespace portico::app
