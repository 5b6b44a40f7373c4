#include "sdp/agreement.h"

#include <algorithm>

#include "sdp/preference.h"

namespace portico::sdp {

Negotiated agreed_transport(const AudioLine& remote, Direction ours, bool rtcp_mux) {
  Negotiated agreed{
      .remote_rtp = remote.rtp, .remote_rtcp = rtcp_mux ? remote.rtp : remote.rtcp, .rtcp_mux = rtcp_mux};
  agreed.ptime = send_ptime(remote);
  agreed.ptime_max = remote.ptime_max;
  agreed.direction = both(reversed(remote.direction), ours);
  if (remote.on_old_hold()) agreed.direction = both(agreed.direction, Direction::receive_only);
  return agreed;
}

std::uint32_t foreign_payload_types(const AudioLine& remote, const Negotiated& agreed) {
  const auto is_agreed = [&](std::uint8_t type) {
    const auto sends = [type](const auto& format) { return format.send_payload_type == type; };
    return sends(agreed.audio) ||
           std::any_of(agreed.also_accepted.begin(), agreed.also_accepted.end(), sends) ||
           std::any_of(agreed.telephone_events.begin(), agreed.telephone_events.end(), sends);
  };
  std::uint32_t bits = 0;
  for (const auto& format : remote.formats) {
    if (format.payload_type >= kDynamicFirst && !is_agreed(format.payload_type)) {
      bits |= 1U << (format.payload_type - kDynamicFirst);
    }
  }
  return bits;
}

void put_best_clock_first(std::vector<TelephoneEventFormat>& events, Codec codec) {
  prefer(events, [](const TelephoneEventFormat& format) { return format.clock_rate == 8'000; });
  prefer(events,
         [&](const TelephoneEventFormat& format) { return format.clock_rate == rtp_clock_rate(codec); });
}

}  // namespace portico::sdp
