// room: rtp
// RTCP compounds: parsed within their limits, written again, and taken for SRTCP.
#include "rtp/rtcp.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "base/limits.h"
#include "rtp/srtp.h"

namespace {

using namespace portico;
using namespace portico::rtp;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_rewrite(const Compound& compound) {
  const auto blocks = std::span(compound.reports).first(std::min<std::size_t>(31, compound.reports.size()));
  const Report report{
      .ssrc = 9, .sender = compound.sender, .reports = blocks, .cname = compound.cname, .goodbye = true};
  Bytes out(kRtcpReportBytesMax);
  const auto length = write_report(report, out);
  require(length != 0);
  const auto again = parse_compound(ByteView(out).first(length));
  require(again.has_value());
  require(std::equal(blocks.begin(), blocks.end(), again->reports.begin(), again->reports.end()));
  require(again->cname == compound.cname && again->goodbyes.size() == 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, data + size);
  const auto compound = parse_compound(bytes);
  if (compound) {
    require(compound->reports.size() <= limits::kRtcpReportsMax);
    require(compound->goodbyes.size() <= limits::kRtcpReportsMax);
    for (const auto& block : compound->reports) (void)round_trip(block, {.seconds = block.jitter});
    check_rewrite(*compound);
  }
  static const SrtpKey key{.suite = SrtpSuite::aes_cm_128_hmac_sha1_80, .master = Bytes(30, 7)};
  static const SrtpKey gcm{.suite = SrtpSuite::aead_aes_256_gcm, .master = Bytes(44, 7)};
  static auto sessions = std::array{*SrtpSession::create({.send = key, .receive = key}),
                                    *SrtpSession::create({.send = gcm, .receive = gcm})};
  for (auto& session : sessions) {
    auto copy = bytes;
    if (const auto length = session.unprotect_rtcp(copy)) require(*length < size);
    auto room = bytes;
    room.resize(size + kSrtpTrailerBytesMax);
    if (size >= 8) std::fill_n(room.begin() + 4, 4, std::uint8_t{1});  // one SSRC: what we send has one
    if (const auto length = session.protect_rtcp(room, size))
      require(*length > size && *length <= room.size());
  }
  return 0;
}
