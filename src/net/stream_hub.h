#pragma once
// Connections that carry bytes: TCP and TLS, accepted and dialled, under one table with limits. What the
// bytes mean is the user's (SIP today; a WebSocket gateway can stand beside it with the same ids and
// handlers). Owner thread of the loop only; handlers run there and may call back into the hub.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/address.h"
#include "base/bytes.h"
#include "base/limits.h"
#include "base/time.h"

namespace portico::net {

class IoLoop;
class SourceQuota;
class TlsServer;
class TlsClient;

using ConnectionId = std::uint64_t;  // unique in the process, never 0, never used again

struct StreamPeer {
  ConnectionId id = 0;
  Endpoint local;
  Endpoint remote;
  bool tls = false;
  bool outbound = false;  // we dialled it
};

// Where the reader stands after the bytes it was given: the message and idle limits depend on it.
enum class ReadState : unsigned char {
  between_messages,
  within_message,       // limits.message runs from the first byte of this message
  within_next_message,  // one ended among these bytes and another has begun: its time starts now
  bad_stream,           // cannot be followed further: the connection is closed
};

struct StreamHandlers {
  std::function<void(const StreamPeer&)> on_open;  // accepted or connected, TLS handshake done
  std::function<ReadState(ConnectionId, ByteView)> on_bytes;
  // Once for every id that was opened or dialled and that the user has not closed itself.
  std::function<void(ConnectionId, const Error&)> on_close;
};

struct StreamLimits {
  std::size_t connections_max = limits::kTcpConnectionsMax;
  std::size_t per_source_max =
      limits::kTcpConnectionsPerSourceMax;  // accepted ones, of a hub that counts alone
  std::size_t send_queue_bytes_max = limits::kTcpSendQueueBytesMax;
  // A connection that nothing holds, with more than this unsent, is not read from until it is sent.
  std::size_t unread_bytes_max = limits::kTcpUnreadBytesMax;
  Duration handshake = limits::kTlsHandshakeMax;
  Duration first_byte = limits::kTcpFirstByteMax;  // accepted ones
  Duration message = limits::kTcpMessageMax;
  Duration idle = limits::kTcpIdleMax;
  Duration connect = limits::kTcpConnectMax;  // TCP only; the TLS handshake has its own
};

struct DialRequest {
  Endpoint remote;
  IpAddress from;             // unspecified: the kernel's choice
  bool tls = false;           // needs a TlsClient
  std::string verify_name{};  // TLS: host name for SNI and for the certificate; empty: the address
  bool charged = false;       // `remote` asked for it: counts within per_source_max, as if it had connected
};

class StreamHub {
 public:
  // `sources`: counts those of each address for several hubs, one a thread, together; null: this one alone.
  StreamHub(IoLoop& loop, StreamHandlers handlers, StreamLimits limits = {},
            std::shared_ptr<SourceQuota> sources = nullptr);
  ~StreamHub();  // closes all without telling. Not from inside a handler.
  StreamHub(const StreamHub&) = delete;
  StreamHub& operator=(const StreamHub&) = delete;

  // Returns the address with the port in use. `reuse_port`: several hubs (one a thread) on one port.
  Result<Endpoint> listen_tcp(const Endpoint& local, bool reuse_port = false);
  Result<Endpoint> listen_tls(const Endpoint& local, std::shared_ptr<TlsServer> identity,
                              bool reuse_port = false);
  void set_tls_client(std::shared_ptr<TlsClient> client);
  void stop_listening();  // open connections go on

  // on_open or on_close follows, never from inside this call. What is sent meanwhile waits in the queue. When
  // there is no room, an idle connection that came by itself ends at once.
  ConnectionId dial(const DialRequest& request);

  // Errors: not_found (closed), too_large (the queue is full: the connection is closed and on_close follows).
  Result<void> send(ConnectionId id, ByteView bytes);
  void close(ConnectionId id);              // sends what is queued first; no on_close
  void hold(ConnectionId id, bool in_use);  // in use by a call or a registration: not closed for being idle
  std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace portico::net
