#pragma once
// What a signalling node is told at its start.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "account/directory.h"
#include "account/store.h"
#include "base/address.h"
#include "base/codec.h"
#include "base/hash.h"
#include "base/limits.h"
#include "call/ports.h"
#include "net/resolver.h"
#include "net/tls_context.h"
#include "sdp/negotiation.h"

namespace portico::signaling {

struct Options {
  unsigned workers = 1;  // signalling threads
  IpAddress bind;
  IpAddress public_ip;                         // in Contact
  std::uint16_t sip_port = 5060;               // UDP and TCP; 0: any free one
  std::uint16_t sips_port = 5061;              // TLS; 0: any free one
  std::shared_ptr<net::TlsServer> tls;         // null: no TLS listener
  std::shared_ptr<net::TlsClient> tls_client;  // whom we trust when we connect by TLS; null: nobody
  std::string domain;                          // host part of every sipUri
  std::string realm;
  std::string region = "US";
  std::vector<std::string> regions;  // of the whole deployment: REGION.domain is ours too
  std::string node;
  std::string base_url;         // of callUrl and mediaUrl
  std::string inline_base_url;  // of inline documents
  std::string nonce_secret;     // 32 bytes, the same for all nodes
  std::vector<HashAlgorithm> digest_algorithms{HashAlgorithm::sha256,
                                               HashAlgorithm::md5};  // offered, in this order
  std::uint32_t invite_rate = 50;   // INVITEs a second from one source address, 0: no limit
  std::uint32_t auth_failures = 5;  // in 60 s before lockout, 0: no limit
  bool require_tls = false;
  bool hide_applications = false;                // 404 in place of 403 to who is not allowed to call one
  std::size_t calls_max = limits::kSipCallsMax;  // a worker
  std::vector<Codec> codecs{Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus};
  sdp::SrtpMode srtp = sdp::SrtpMode::optional;
  // Over TCP and TLS, all workers together.
  std::size_t connections_max = limits::kTcpConnectionsMax;
};

// What calls need; all of these take calls from any thread and outlive the node.
struct Ports {
  call::Media& media;
  call::Webhooks& webhooks;
  call::Sounds& sounds;
  call::Objects& objects;
  call::Records& records;
  const account::Directory& directory;
  net::Resolver& resolver;  // next hops that are named, not numbered
  std::function<void(account::AdmissionRow)> admission_log;
};

}  // namespace portico::signaling
