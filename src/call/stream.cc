#include "call/stream.h"

namespace portico::call {

media::StreamDescription stream_of(const sdp::Negotiated& negotiated, IpAddress signalling_source) {
  media::StreamDescription stream;
  stream.codec = negotiated.audio.codec;
  stream.send_payload_type = negotiated.audio.send_payload_type;
  stream.receive_payload_type = negotiated.audio.receive_payload_type;
  if (!negotiated.telephone_events.empty()) {
    const auto& event = negotiated.telephone_events.front();
    stream.send_event_type = event.send_payload_type;
    stream.receive_event_type = event.receive_payload_type;
    stream.event_clock = event.clock_rate;
  }
  for (std::size_t i = 1; i < negotiated.telephone_events.size(); ++i) {
    const auto& event = negotiated.telephone_events[i];
    stream.other_events.push_back({.payload_type = event.receive_payload_type, .clock = event.clock_rate});
  }
  for (const auto& format : negotiated.also_accepted)
    stream.also_accepted.push_back({.codec = format.codec, .payload_type = format.receive_payload_type});
  stream.ptime = negotiated.ptime;
  stream.send = sdp::may_send(negotiated.direction);
  stream.receive = sdp::may_receive(negotiated.direction);
  stream.remote_rtp = negotiated.remote_rtp;
  stream.remote_rtcp = negotiated.remote_rtcp;
  stream.rtcp_mux = negotiated.rtcp_mux;
  if (negotiated.srtp) {
    stream.send_key = negotiated.srtp->send;
    stream.receive_key = negotiated.srtp->receive;
  }
  // The unspecified address is private too, but nobody hides behind it: it is the old form of hold.
  const auto& ip = negotiated.remote_rtp.ip;
  stream.remote_behind_nat = !ip.is_unspecified() && ip.is_private() && ip != signalling_source;
  if (stream.remote_behind_nat) stream.signalling_source = signalling_source;
  // Peers without telephone-event can only send their digits as sound.
  stream.inband_digits = negotiated.telephone_events.empty();
  return stream;
}

}  // namespace portico::call
