// room: rtp
// Datagrams on an RTP port: parsed, rewritten as the relay does, counted, and taken for SRTP.
#include <algorithm>
#include <cstdint>
#include <vector>

#include "rtp/packet.h"
#include "rtp/receive_statistics.h"
#include "rtp/sequence.h"
#include "srtp_trip.h"

namespace {

using namespace fuzz;

void check_rewrite(const Bytes& bytes, const Packet& packet) {
  auto copy = bytes;
  const Header header{.payload_type = 101, .marker = true, .sequence = 1, .timestamp = 2, .ssrc = 3};
  rewrite_header(copy, header);
  const auto again = parse_packet(copy);
  require(again && again->header == header && again->payload.size() == packet.payload.size());
}

template <typename Extender, typename Number>
void check_extender(Extender& extender, Number number) {
  const auto extended = extender.extend(number);
  const auto apart =
      extended > *extender.newest() ? extended - *extender.newest() : *extender.newest() - extended;
  require(static_cast<Number>(extended) == number && apart <= std::uint64_t{1} << (8 * sizeof(Number) - 1));
}

// The payload as the numbers, timestamps and times of a source.
void check_statistics(const Packet& packet) {
  using Verdict = ReceiveStatistics::Verdict;
  ReceiveStatistics statistics(8'000);
  SequenceExtender sequences;
  TimestampExtender timestamps;
  TimePoint now{1s};
  auto sequence = packet.header.sequence;
  for (const auto octet : packet.payload) {
    const auto received = statistics.received();
    const auto highest = statistics.extended_highest();
    now += Millis(octet);
    sequence = static_cast<std::uint16_t>(sequence + (octet < 128 ? octet % 4 : octet * 97));
    const auto timestamp = packet.header.timestamp * octet;
    const auto verdict = statistics.on_packet(sequence, timestamp, now);
    require(verdict != Verdict::jumped ||
            (statistics.received() == received && statistics.extended_highest() == highest));
    require(verdict == Verdict::restarted || received == 0 || statistics.extended_highest() >= highest);
    require(verdict != Verdict::in_order || statistics.extend(sequence) == statistics.extended_highest());
    require(static_cast<std::uint16_t>(statistics.extend(sequence)) == sequence);
    require(statistics.lost() + static_cast<std::int64_t>(statistics.received()) ==
            static_cast<std::int64_t>(statistics.expected()));
    check_extender(sequences, sequence);
    check_extender(timestamps, timestamp);
    if (octet % 16 == 0) statistics.on_sender_report({.seconds = timestamp}, now);
    if (octet % 32 == 1) statistics.set_clock(octet < 128 ? 8'000 : 48'000);
    if (octet % 8 == 2) (void)statistics.make_report(packet.header.ssrc, now);
  }
}

// More sources than are remembered, one after the other: each is heard. None is that of the packet before,
// whose numbers may have wrapped: once it is forgotten, nobody knows how often.
void check_sources(SrtpSession& session, std::uint32_t other, ByteView choices) {
  std::uint16_t sequence = 1;
  for (const auto octet : choices.first(std::min<std::size_t>(choices.size(), 64))) {
    Bytes packet(kHeaderBytes + 4);
    write_header({.sequence = ++sequence, .ssrc = other + 1 + octet % 40}, packet);
    go_there_and_back(session, packet, false);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, data + size);
  (void)classify(bytes);
  auto session = choose_session(bytes);
  take_unproven(session, bytes, false);
  go_there_and_back(session, bytes, false);
  const auto packet = parse_packet(bytes);
  if (!packet) return 0;
  require(packet->payload.size() + kHeaderBytes <= size);
  check_rewrite(bytes, *packet);
  check_statistics(*packet);
  if (packet->header.marker) check_sources(session, packet->header.ssrc, packet->payload);
  return 0;
}
