#include "sdp/agreement.h"

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

PayloadTypes foreign_payload_types(const AudioLine& remote, const Negotiated& agreed,
                                   const Negotiated* previous) {
  const auto means_what_it_always_does = [](const PayloadFormat& format) {
    return format.kind == PayloadFormat::Kind::audio &&
           static_payload_type(format.codec) == format.payload_type;
  };
  auto types = previous == nullptr ? PayloadTypes() : previous->foreign_payload_types;
  for (const auto& format : remote.formats) {
    if (!means_what_it_always_does(format)) types.set(format.payload_type);
  }
  types.reset(agreed.audio.send_payload_type);
  for (const auto& format : agreed.also_accepted) types.reset(format.send_payload_type);
  for (const auto& format : agreed.telephone_events) types.reset(format.send_payload_type);
  return types;
}

void put_best_clock_first(std::vector<TelephoneEventFormat>& events, Codec codec) {
  prefer(events, [](const TelephoneEventFormat& format) { return format.clock_rate == 8'000; });
  prefer(events,
         [&](const TelephoneEventFormat& format) { return format.clock_rate == rtp_clock_rate(codec); });
}

}  // namespace portico::sdp
