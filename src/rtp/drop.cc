#include "rtp/drop.h"

#include <string>

#include "base/counters.h"

namespace portico::rtp {
namespace {

constexpr std::array<std::string_view, kDrops> kNames{
    "too_short",        "bad_version",     "bad_csrc_list", "bad_extension",     "bad_padding",
    "rtcp_bad_length",  "rtcp_bad_packet", "rtcp_too_many", "event_bad_payload", "event_stale",
    "srtp_auth_failed", "srtp_replayed",   "srtp_too_old",  "srtp_key_expired",  "srtp_bad_mki",
    "srtp_no_room",     "srtp_failed"};
static_assert(!kNames.back().empty());

}  // namespace

std::string_view drop_name(Drop drop) { return kNames[static_cast<std::size_t>(drop)]; }

void count(Drop drop) {
  static const auto counters = [] {
    std::array<Counter*, kDrops> all{};
    for (std::size_t i = 0; i < kDrops; ++i) {
      all[i] = &counter("portico_rtp_drops_total", "RTP and RTCP packets not taken, by reason",
                        {{"reason", std::string(kNames[i])}});
    }
    return all;
  }();
  counters[static_cast<std::size_t>(drop)]->add();
}

}  // namespace portico::rtp
