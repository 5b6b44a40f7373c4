#include "media/drop.h"

#include <array>
#include <string>

#include "base/counters.h"

namespace portico::media {
namespace {

constexpr std::array<std::string_view, kDrops> kNames{
    "unknown_port",     "not_configured",   "not_receiving",        "not_media",     "stranger",
    "not_proven_yet",   "other_source",     "payload_type",         "sequence_jump", "jitter_late",
    "jitter_duplicate", "jitter_overflow",  "undecodable",          "digit_flood",   "rtcp_stranger",
    "rtcp_goodbye",     "command_repeated", "command_unknown_port", "frames_skipped"};
static_assert(!kNames.back().empty());

}  // namespace

std::string_view drop_name(Drop drop) { return kNames[static_cast<std::size_t>(drop)]; }

void count(Drop drop, std::uint64_t n) {
  static const auto counters = [] {
    std::array<Counter*, kDrops> all{};
    for (std::size_t i = 0; i < kDrops; ++i) {
      all[i] =
          &counter("portico_media_drops_total", "packets and commands that media did not take, by reason",
                   {{"reason", std::string(kNames[i])}});
    }
    return all;
  }();
  counters[static_cast<std::size_t>(drop)]->add(n);
}

}  // namespace portico::media
