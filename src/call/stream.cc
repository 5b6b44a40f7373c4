#include "call/stream.h"

#include <algorithm>

namespace portico::call {
namespace {

// An answer that renumbers what we offered names the number that its sender wants to hear, and many send by
// it too, against RFC 3264 section 6.1. Where it can mean nothing else, it is heard.
void hear_its_own_numbers(media::StreamDescription& stream) {
  const auto is_free = [&](std::uint8_t number) {
    const auto is_it = [&](const auto& format) { return format.payload_type == number; };
    return number != stream.receive_payload_type && number != stream.receive_event_type &&
           std::ranges::none_of(stream.other_events, is_it) &&
           std::ranges::none_of(stream.also_accepted, is_it);
  };
  if (stream.send_event_type && is_free(*stream.send_event_type))
    stream.other_events.push_back({.payload_type = *stream.send_event_type, .clock = stream.event_clock});
  if (is_free(stream.send_payload_type))
    stream.also_accepted.push_back({.codec = stream.codec, .payload_type = stream.send_payload_type});
}

}  // namespace

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
  hear_its_own_numbers(stream);
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
