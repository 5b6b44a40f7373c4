#pragma once
// The sockets of one signalling worker: UDP, TCP and TLS. Bytes come in as whole SIP messages with the flow
// they came by; sends go out by the flow they name. Owner thread of the worker's loop only.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/address.h"
#include "net/io_loop.h"
#include "net/stream_hub.h"
#include "net/tls_context.h"
#include "net/udp_port.h"
#include "sip/message/parse.h"
#include "sip/message/stream_framer.h"
#include "sip/transaction/flow.h"

namespace portico::signaling {

struct TransportHandlers {
  std::function<void(const sip::Flow&, sip::Parsed&&)> on_message;
  std::function<void(const sip::Flow&)>
      on_error;  // the flow's connection is gone, or nothing can be sent by it
};

class Transport {
 public:
  struct Settings {
    std::uint32_t worker = 0;  // becomes Flow::socket
    IpAddress bind;
    std::uint16_t sip_port = 0;
    std::uint16_t sips_port = 0;
    bool reuse_port = false;                     // several workers listen on the same ports
    std::shared_ptr<net::TlsServer> tls;         // null: no TLS
    std::shared_ptr<net::TlsClient> tls_client;  // whom connections that we make by TLS trust
    net::StreamLimits streams;
    std::shared_ptr<net::SourceQuota> sources{};  // shared with other workers; null: its own
    bool listen_streams = true;  // off for a client: UDP only, and connections it makes itself
  };
  Transport(net::IoLoop& loop, TransportHandlers handlers);
  ~Transport();

  Result<void> open(const Settings& settings);
  void send(const sip::Flow& flow, std::string_view bytes);
  // One call more, or one less, uses the connection: while any does, it is not closed for being idle, and if
  // it breaks the answers of that call go by a new one, by TLS its requests too.
  void hold(const sip::Flow& flow, bool in_use);

  std::uint16_t sip_port() const { return sip_port_; }
  std::uint16_t sips_port() const { return sips_port_; }

 private:
  struct Stream {
    sip::Flow flow;
    sip::StreamFramer framer;
    std::size_t users = 0;  // calls
    bool dialled = false;   // by us: sends that named no connection went by it
    std::string name{};     // then, with TLS: whose certificate it had to show; empty: the address's
    std::map<net::ConnectionId, sip::Flow> in_place_of{};  // so did those that named these, which were gone
  };
  Result<void> open_udp(const Settings& settings);
  Result<void> open_tcp(const Settings& settings);
  void on_datagrams(std::span<net::Datagram> batch);
  void on_open(const net::StreamPeer& peer);
  net::ReadState on_bytes(net::ConnectionId id, ByteView bytes);
  void on_close(net::ConnectionId id);
  struct Dial {
    Endpoint remote;
    std::string name{};    // with TLS: whose certificate; empty: the address's
    bool charged = false;  // to its source
  };
  net::ConnectionId connection_to(const sip::Flow& flow, const Dial& dial);
  void send_answer_anew(const sip::Flow& flow, std::string_view bytes);
  void send_request_anew(const sip::Flow& flow, std::string_view bytes);
  void stand_in(Stream& stream, const sip::Flow& gone);
  bool is_last_for(net::ConnectionId gone);
  void send_to_listener(const sip::Flow& flow, std::string_view host, std::uint16_t port,
                        std::string_view bytes);

  net::IoLoop& loop_;
  TransportHandlers handlers_;
  std::uint32_t worker_ = 0;
  std::uint16_t sip_port_ = 0;
  std::uint16_t sips_port_ = 0;
  IpAddress bind_;
  std::unique_ptr<net::UdpPort> udp_;
  std::unique_ptr<net::StreamHub> streams_;
  std::unordered_map<net::ConnectionId, Stream> open_;
  std::map<std::pair<Endpoint, std::string>, net::ConnectionId> dialled_[2];  // [tls], by address and name
  std::unordered_map<net::ConnectionId, std::size_t> stand_ins_;  // gone connections: how many stand for each
  std::unordered_map<net::ConnectionId, std::size_t> missed_;  // connections that broke under calls: how many
};

}  // namespace portico::signaling
