#pragma once
// Why a packet was not taken. Each reason is a metric, portico_rtp_drops_total{reason="…"}.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

namespace portico::rtp {

enum class Drop : std::uint8_t {
  too_short,          // shorter than its fixed header, or than its own lengths say
  bad_version,        // not RTP version 2
  bad_csrc_list,      // CSRC count goes beyond the packet
  bad_extension,      // header extension goes beyond the packet
  bad_padding,        // padding length is 0 or goes beyond the payload
  rtcp_bad_length,    // lengths inside a compound do not add up
  rtcp_bad_packet,    // a report, SDES or BYE contradicts its own counts
  rtcp_too_many,      // more packets or reports than limits::kRtcp* allow
  event_bad_payload,  // telephone-event payload that is no multiple of 4 bytes
  event_stale,        // telephone-event packet from before the newest one
  srtp_auth_failed,   // wrong tag: forged, damaged or another key
  srtp_replayed,      // seen already
  srtp_too_old,       // behind the replay window
  srtp_key_expired,   // the key has protected as much as it may
  srtp_bad_mki,       // the MKI is not that of the key
  srtp_no_room,       // buffer too small for the tag
  srtp_failed,        // anything else that libsrtp refuses
};
inline constexpr std::size_t kDrops = static_cast<std::size_t>(Drop::srtp_failed) + 1;

std::string_view drop_name(Drop drop);  // "too_short"
void count(Drop drop);                  // any thread

// A value, or the reason why there is none. For the packet path: unlike Result it never allocates.
template <typename T>
class [[nodiscard]] Taken : public tl::expected<T, Drop> {
 public:
  using tl::expected<T, Drop>::expected;
};
using Dropped = tl::unexpected<Drop>;

}  // namespace portico::rtp
