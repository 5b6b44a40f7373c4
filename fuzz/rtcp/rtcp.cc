// room: rtp
// RTCP compounds: parsed within their limits, written again, and taken for SRTCP.
#include "rtp/rtcp.h"

#include <algorithm>
#include <cstdint>

#include "../rtp/srtp_trip.h"
#include "base/limits.h"

namespace {

using namespace fuzz;

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
  auto session = choose_session(bytes);
  take_unproven(session, bytes, true);
  go_there_and_back(session, bytes, true);
  return 0;
}
