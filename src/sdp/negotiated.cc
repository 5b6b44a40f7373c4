#include "sdp/negotiated.h"

namespace portico::sdp {

std::string_view direction_name(Direction direction) {
  switch (direction) {
    case Direction::inactive:
      return "inactive";
    case Direction::send_only:
      return "sendonly";
    case Direction::receive_only:
      return "recvonly";
    case Direction::send_receive:
      return "sendrecv";
  }
  return "";
}

Changes changes(const Negotiated& before, const Negotiated& after) {
  return {
      .address = before.remote_rtp.ip != after.remote_rtp.ip || before.remote_rtcp.ip != after.remote_rtcp.ip,
      .port = before.remote_rtp.port != after.remote_rtp.port ||
              before.remote_rtcp.port != after.remote_rtcp.port || before.rtcp_mux != after.rtcp_mux,
      .codec = before.audio != after.audio || before.also_accepted != after.also_accepted ||
               before.opus != after.opus || before.ptime != after.ptime ||
               before.ptime_max != after.ptime_max,
      .digits = before.telephone_events != after.telephone_events,
      .keys = before.srtp != after.srtp,
      .direction = before.direction != after.direction};
}

}  // namespace portico::sdp
