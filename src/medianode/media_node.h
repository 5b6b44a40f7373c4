#pragma once
// Drives media engines with sockets and the clock: a few media threads, each with its own engine and its own
// share of the RTP ports. Call code opens ports, sends commands and gets events; it holds no pointer into
// media. All methods: any thread, never blocking.
//
//   auto node = medianode::MediaNode::start(options, sounds, workers);
//   node->open({.port = id, .group = group, .expected_rtp = sdp_address, .signalling_source = source.ip},
//              [sender](media::Event event) { sender.post(std::move(event)); });
//   // … media::Ready arrives with the local addresses …
//   node->send(media::Configure{.port = id, .seq = 1, .stream = negotiated});
//   node->send(media::Close{.port = id, .seq = 2});     // Quality with final = true is the last event but
//                                                       // for RecordingClosed

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "base/address.h"
#include "media/commands.h"
#include "media/events.h"
#include "media/sound_source.h"

namespace portico::async {
class Workers;
}

namespace portico::medianode {

// Gets the events of one port on a media thread, a worker or the thread that sends a command: must not block
// and must take any thread. An async::Inbox sender does.
using EventSink = std::function<void(media::Event)>;

struct NodeOptions {
  IpAddress bind;       // 0.0.0.0: each answer leaves from the address its packets came to
  IpAddress public_ip;  // put into Ready; unspecified: `bind`
  std::uint16_t rtp_port_low = 16'384;
  std::uint16_t rtp_port_high = 32'767;  // inclusive
  unsigned threads = 1;
  std::size_t socket_pairs_max = 0;  // 0: a quarter of the range, within the process's descriptors
};

struct PortRequest {
  media::PortId port = 0;   // unique, never 0
  std::uint64_t group = 0;  // ports of one group are on one thread, so that they can be bridged
  // Where packets will come from as far as is known: the peer's SDP address, nothing before its SDP is known.
  std::optional<Endpoint> expected_rtp;
  IpAddress signalling_source;  // a private SDP address other than this may hide behind NAT
  bool srtp = false;            // offered: packets may prove themselves from anywhere
};

class MediaNode {
 public:
  // `sounds` and `workers` must outlive the node. Errors: invalid (options), unavailable (no port can be
  // bound).
  static Result<std::unique_ptr<MediaNode>> start(const NodeOptions& options, media::SoundSource& sounds,
                                                  async::Workers& workers);
  // Ports still open get PortLost; their recordings are closed and told before this returns.
  ~MediaNode();

  // Answered by media::Ready or media::PortLost.
  void open(const PortRequest& request, EventSink events);
  // Commands for unknown ports are counted and dropped; one that finds the thread's queue full is answered by
  // media::CommandLost. media::Open is not one of them: use open().
  void send(media::Command command);

  std::set<media::RecordId> unfinished_recordings() const;  // whose file is not closed yet

  std::size_t ports() const;
  std::size_t socket_pairs() const;  // open just now; two descriptors each

 private:
  struct State;
  explicit MediaNode(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace portico::medianode
