#pragma once
// Why an engine did not take a packet or a command that rtp/ found nothing wrong with. Each reason is a
// metric, portico_media_drops_total{reason="..."}.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace portico::media {

enum class Drop : std::uint8_t {
  unknown_port,          // no such port (any more)
  not_configured,        // a packet before offer and answer are through
  not_receiving,         // the direction says that we don't receive
  not_media,             // STUN, DTLS or anything else on the RTP port
  stranger,              // not from the locked address, or not from one that may become it
  not_proven_yet,        // the first of the packets that must agree before an address is believed
  other_source,          // another SSRC from the locked address: the present one goes on, or it is unproven
  payload_type,          // not one that we negotiated
  sequence_jump,         // far from the stream's sequence numbers, and not followed by a second
  jitter_late,           // after its playing time
  jitter_duplicate,      // had it already
  jitter_overflow,       // more than limits::kJitterBufferMax of audio waits
  undecodable,           // the codec cannot make sense of the payload
  digit_flood,           // more than limits::kDigitsPerSecondMax
  rtcp_stranger,         // RTCP from elsewhere
  rtcp_goodbye,          // a BYE in RTCP, which ends nothing: signalling ends calls
  command_repeated,      // its sequence number was seen
  command_unknown_port,  // for a port that is not there (any more)
  frames_skipped,        // 20 ms frames not made because the driver came too late
};
inline constexpr std::size_t kDrops = static_cast<std::size_t>(Drop::frames_skipped) + 1;

std::string_view drop_name(Drop drop);
void count(Drop drop, std::uint64_t n = 1);  // any thread

}  // namespace portico::media
