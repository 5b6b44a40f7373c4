#include "medianode/legs.h"

#include <limits>

#include "base/counters.h"
#include "base/hash.h"
#include "base/log.h"
#include "media/source_lock.h"
#include "medianode/misses.h"

namespace portico::medianode {
namespace {

constexpr std::size_t kPacketBytesMax = 2'048;  // no audio packet comes near it

media::PortSeed random_seed() {
  // The upper half of the numbers is left out: were the packets before a wrap lost, the far side could not
  // know of it and its SRTP roll-over counter would be wrong for the rest of the call.
  return {.ssrc = static_cast<std::uint32_t>(random_u64()),
          .timestamp = static_cast<std::uint32_t>(random_u64()),
          .sequence = static_cast<std::uint16_t>(random_u64() & 0x7FFF),
          .rtcp = random_u64()};
}

void count_refused() {
  static auto& refused = counter("portico_media_ports_refused_total", "Media ports that could not be opened");
  refused.add();
}

Gauge& ports_gauge() {
  static auto& open = gauge("portico_media_ports", "Media ports that are open");
  return open;
}

bool ends_port(const media::Event& event) {
  if (std::holds_alternative<media::PortLost>(event)) return true;
  const auto* quality = std::get_if<media::Quality>(&event);
  return quality != nullptr && quality->final;
}

}  // namespace

Legs::Legs(Now start, const LegsOptions& options, const PortRange& range, media::SoundSource& sounds,
           RecordingWriter& recordings, PortDirectory& directory, int epoll_fd)
    : options_(options),
      recordings_(recordings),
      directory_(directory),
      engine_(start, sounds),
      pairs_(options.bind, range, options.thread, options.socket_pairs_max,
             static_cast<PairId>(random_u64() % range.pairs_of_thread()), epoll_fd),
      receiver_(kPacketBytesMax) {}

Result<PairId> Legs::open_pair() {
  auto pair = pairs_.open();
  if (pair) placement_.add_pair(*pair);
  return pair;
}

Result<PairId> Legs::place(TimePoint now, const Expectation& expectation) {
  if (const auto pair = placement_.quick_place(now, expectation)) return *pair;
  auto opened = open_pair();
  if (opened) return opened;
  if (const auto pair = placement_.last_place(now, expectation)) return *pair;
  return fail(opened.error());
}

media::Ready Legs::ready(media::PortId port, PairId pair) const {
  auto rtp = pairs_.socket(pair, false).local();
  auto rtcp = pairs_.socket(pair, true).local();
  rtp.ip = rtcp.ip = options_.public_ip;
  return {.port = port, .local_rtp = rtp, .local_rtcp = rtcp};
}

void Legs::open(TimePoint now, const Opening& opening) {
  const auto& request = opening.request;
  auto expectation = expect(request.expected_rtp, request.signalling_source, request.srtp);
  auto pair = place(now, expectation);
  if (!pair && request.srtp) {  // better where another may come from anywhere too than not at all
    expectation = expect(request.expected_rtp, request.signalling_source);
    if (const auto last = placement_.last_place(now, expectation)) pair = *last;
  }
  auto added = pair ? engine_.add_port(now, request.port, random_seed()) : fail(pair.error());
  if (!added) {
    count_refused();
    directory_.remove(request.port);
    (*opening.events)(media::PortLost{.port = request.port, .reason = added.error().what});
    return;
  }
  placement_.add_leg(now, *pair, request.port, expectation);
  legs_[request.port] = {.pair = *pair, .events = opening.events, .local = options_.default_source};
  ports_gauge().add(1);
  (*opening.events)(ready(request.port, *pair));
}

bool Legs::has_source(media::PortId port, const media::StreamDescription& stream) const {
  const auto* const configured = engine_.stream(port);
  return configured != nullptr && same_source(*configured, stream);
}

void Legs::apply(TimePoint now, const media::Command& command) {
  const auto port = media::port_of(command);
  const auto* const described = std::get_if<media::Configure>(&command);
  const bool moves = described != nullptr && !has_source(port, described->stream);
  engine_.apply(now, command);
  // Not where the engine has ignored it.
  if (moves && has_source(port, described->stream))
    placement_.expect(now, legs_.at(port).pair, port, expect(described->stream));
  carry_out(now);
  if (std::holds_alternative<media::Close>(command) && !engine_.has_port(port)) remove(now, port);
}

bool Legs::receive(TimePoint now, std::uint64_t token) {
  const auto pair = SocketPairs::pair_of(token);
  const bool rtcp = SocketPairs::rtcp_of(token);
  if (!pairs_.is_open(pair)) return false;  // closed by what came before it in the same turn
  const auto& socket = pairs_.socket(pair, rtcp);
  for (const auto& datagram : receiver_.receive(socket)) {
    const auto hearer = rtcp ? placement_.find_rtcp(now, pair, datagram.source)
                             : placement_.find_rtp(now, pair, datagram.source);
    if (hearer.miss != Miss::none) {
      count(hearer.miss);
      continue;
    }
    const bool believed =
        engine_.on_packet(datagram.arrived, hearer.port, rtcp, datagram.source, datagram.bytes);
    if (believed) legs_.at(hearer.port).local = datagram.destination.ip;
    // The next packet of the batch may come from an address that this one locked.
    if (!engine_.outputs().events.empty()) carry_out(now);
    if (!pairs_.is_open(pair)) return false;  // an event ended the last leg of a surplus pair
  }
  carry_out(now);
  return receiver_.full();
}

void Legs::tick(TimePoint now) {
  engine_.tick(now);
  recordings_.nudge();
  carry_out(now);
  close_surplus(now);  // what could not be closed when its leg ended
}

void Legs::carry_out(TimePoint now) {
  auto& out = engine_.outputs();
  for (const auto& packet : out.packets) {
    const auto it = legs_.find(packet.port);
    if (it == legs_.end()) continue;
    pairs_.queue(it->second.pair, packet.rtcp, out.bytes_of(packet), packet.to, it->second.local);
  }
  for (auto& chunk : out.chunks) {
    const auto it = legs_.find(chunk.port);
    if (it != legs_.end()) recordings_.write(std::move(chunk), it->second.events);
  }
  for (const auto& event : out.events) on_event(now, event);
  out.clear();
  pairs_.flush();
}

void Legs::on_event(TimePoint now, const media::Event& event) {
  const auto port = media::port_of(event);
  const auto it = legs_.find(port);
  if (it == legs_.end()) return;
  if (const auto* locked = std::get_if<media::SourceLocked>(&event))
    placement_.lock(it->second.pair, port, locked->remote,
                    locked->settled ? TimePoint{} : now + media::kSourceLearning);
  const auto events = it->second.events;
  if (ends_port(event)) remove(now, port);  // before it is told: then the id is free again
  (*events)(event);
}

void Legs::remove(TimePoint now, media::PortId port) {
  const auto leg = legs_.extract(port);
  if (leg.empty()) return;
  placement_.remove_leg(now, leg.mapped().pair, port);
  directory_.remove(port);
  ports_gauge().add(-1);
  close_surplus(now);
}

bool Legs::at_rest() const {
  return legs_.empty() && placement_.empty_pairs() <= limits::kIdleSocketPairsMax;
}

void Legs::close_surplus(TimePoint now) {
  const auto surplus = placement_.surplus(now, limits::kIdleSocketPairsMax);
  if (!surplus) return;
  placement_.drop_pair(*surplus);
  pairs_.close(*surplus);
}

void Legs::close_all(TimePoint now) {
  while (!legs_.empty()) {
    const auto port = legs_.begin()->first;
    const auto events = legs_.begin()->second.events;
    apply(now, media::Close{.port = port, .seq = std::numeric_limits<std::uint64_t>::max()});
    remove(now, port);
    (*events)(media::PortLost{.port = port, .reason = "the media node is closing"});
  }
}

}  // namespace portico::medianode
