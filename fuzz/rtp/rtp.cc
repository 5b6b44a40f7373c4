// room: rtp
// Datagrams on an RTP port: parsed, rewritten as the relay does, counted, and taken for SRTP under every
// suite.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "rtp/packet.h"
#include "rtp/receive_statistics.h"
#include "rtp/srtp.h"

namespace {

using namespace portico;
using namespace portico::rtp;

void require(bool holds) {
  if (!holds) std::abort();
}

std::vector<SrtpSession> open_sessions() {
  std::vector<SrtpSession> sessions;
  for (const auto& suite : kSrtpSuites) {
    const SrtpKey plain{.suite = suite.suite, .master = Bytes(master_bytes(suite.suite), 7)};
    auto with_mki = plain;
    with_mki.mki = {0, 1};
    sessions.push_back(*SrtpSession::create({.send = plain, .receive = plain}));
    sessions.push_back(*SrtpSession::create({.send = with_mki, .receive = with_mki}));
  }
  return sessions;
}

void check_rewrite(const Bytes& bytes, const Packet& packet) {
  auto copy = bytes;
  const Header header{.payload_type = 101, .marker = true, .sequence = 1, .timestamp = 2, .ssrc = 3};
  rewrite_header(copy, header);
  const auto again = parse_packet(copy);
  require(again && again->header == header && again->payload.size() == packet.payload.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, data + size);
  (void)classify(bytes);
  const auto packet = parse_packet(bytes);
  if (packet) {
    require(packet->payload.size() + kHeaderBytes <= size);
    check_rewrite(bytes, *packet);
    ReceiveStatistics statistics(8'000);
    TimePoint now{1s};
    for (const auto octet : packet->payload) {
      now += Millis(octet);
      (void)statistics.on_packet(static_cast<std::uint16_t>(packet->header.sequence + octet * 97),
                                 packet->header.timestamp * octet, now);
    }
    (void)statistics.make_report(packet->header.ssrc, now);
  }
  static auto sessions = open_sessions();
  for (auto& session : sessions) {
    auto copy = bytes;
    if (const auto length = session.unprotect_rtp(copy)) require(*length < size);
    auto room = bytes;
    room.resize(size + kSrtpTrailerBytesMax);
    if (size >= 12) std::fill_n(room.begin() + 8, 4, std::uint8_t{1});  // one SSRC: what we send has one
    if (const auto length = session.protect_rtp(room, size))
      require(*length > size && *length <= room.size());
  }
  return 0;
}
