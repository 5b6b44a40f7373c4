#pragma once
// The legs of one media thread: their engine, their places on the sockets, where their events go. Facts in
// (time, requests, datagrams), effects out through sockets, sinks and the recording writer. Owner thread
// only.

#include <memory>
#include <unordered_map>

#include "media/engine.h"
#include "medianode/command_queue.h"
#include "medianode/placement.h"
#include "medianode/port_directory.h"
#include "medianode/recording_writer.h"
#include "medianode/socket_pairs.h"
#include "net/udp_batch.h"

namespace portico::medianode {

struct LegsOptions {
  unsigned thread = 0;
  IpAddress bind;
  IpAddress public_ip;  // put into Ready
  // Where packets leave from on a wildcard bind until the far side's have told (unspecified: as routed).
  IpAddress default_source;
  std::size_t socket_pairs_max = 0;
};

class Legs {
 public:
  Legs(Now start, const LegsOptions& options, const PortRange& range, media::SoundSource& sounds,
       RecordingWriter& recordings, PortDirectory& directory, int epoll_fd);

  void open(TimePoint now, const Opening& opening);
  void apply(TimePoint now, const media::Command& command);
  // At most one batch of the socket that the token names; true when more may wait in it.
  bool receive(TimePoint now, std::uint64_t token);
  void tick(TimePoint now);
  void close_all(TimePoint now);  // the node ends: every leg is told

  bool at_rest() const;  // a tick would do nothing for them
  std::size_t socket_pairs() const { return pairs_.size(); }

 private:
  struct Leg {
    PairId pair = 0;
    SharedSink events;
    IpAddress local;  // what its packets came to, those that were believed
  };

  Result<PairId> place(TimePoint now, const Expectation& expectation);
  Result<PairId> open_pair();
  media::Ready ready(media::PortId port, PairId pair) const;
  bool has_source(media::PortId port, const media::StreamDescription& stream) const;
  void carry_out(TimePoint now);
  void on_event(TimePoint now, const media::Event& event);
  void remove(TimePoint now, media::PortId port);
  void close_surplus(TimePoint now);

  const LegsOptions options_;
  RecordingWriter& recordings_;
  PortDirectory& directory_;
  media::Engine engine_;
  Placement placement_;
  SocketPairs pairs_;
  net::UdpReceiver receiver_;
  std::unordered_map<media::PortId, Leg> legs_;
};

}  // namespace portico::medianode
