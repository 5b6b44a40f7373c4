#include "media/source_lock.h"

#include <algorithm>
#include <utility>

namespace portico::media {

void SourceLock::expect(const Expectation& expectation) {
  *this = SourceLock();
  expectation_ = expectation;
}

void SourceLock::doubt() {
  doubted_ = locked_.has_value();
  candidates_.reset();
}

SourceLock::Standing SourceLock::best_standing() const {
  return expectation_.any_address ? Standing::neighbour : Standing::named;
}

// How much speaks for an address. A NAT changes ports, so nobody behind one can be named exactly.
SourceLock::Standing SourceLock::standing(const Endpoint& from) const {
  if (expectation_.proven) return best_standing();
  const bool near =
      from.ip == expectation_.sdp.ip || (expectation_.any_address && from.ip == expectation_.signalling);
  const auto found = from == expectation_.sdp ? Standing::named
                     : near                   ? Standing::neighbour
                                              : Standing::stranger;
  return std::min(found, best_standing());
}

bool SourceLock::learning(TimePoint now, const Endpoint& from) const {
  return now < learning_until_ && standing(from) < best_standing();
}

bool SourceLock::admits(TimePoint now, const Endpoint& from) const {
  if (locked_ && from == *locked_) return true;
  if (locked_ && !doubted_) return learning(now, *locked_) && standing(from) > standing(*locked_);
  return expectation_.any_address || expectation_.proven || from.ip == expectation_.sdp.ip;
}

//                 proven, or second in a row             other SSRC after silence, proven or second in a row
//   open ────────────────────────────────────────▶ locked ─────────────────────────────────────────▶ locked
//    │ ▲  first of a row: unproven                  │  │ accept                                  new_stream
//    └─┘                                            │  └──▶ same SSRC: accept
//                                                   └─ second in a row of a better address ─▶ locked,
//                                                   taken_over
SourceLock::Verdict SourceLock::on_packet(TimePoint now, const Endpoint& from, const rtp::Header& header) {
  const bool same_address = locked_ && from == *locked_;
  if (same_address && header.ssrc == ssrc_) {
    heard_ = now;
    return std::exchange(doubted_, false) ? Verdict::came_back : Verdict::accept;
  }
  const bool believed = expectation_.proven || confirms(from, header);
  // While the present stream goes on, another one beside it is somebody else's. One that is proven is the
  // party's, but each packet of the two would start its stream anew.
  const bool stopped = now - heard_ >= kStreamSilence;
  if (same_address && !(believed && stopped)) return Verdict::other_stream;
  if (doubted_ && !same_address && !expectation_.proven && !stopped) return Verdict::unproven;
  return believed ? lock(now, from, header.ssrc) : Verdict::unproven;
}

SourceLock::Verdict SourceLock::lock(TimePoint now, const Endpoint& from, std::uint32_t ssrc) {
  const auto before = std::exchange(locked_, from);
  ssrc_ = ssrc;
  heard_ = now;
  candidates_.reset();
  const bool doubted = std::exchange(doubted_, false);
  if (before && !doubted) return *before == from ? Verdict::new_stream : Verdict::taken_over;
  learning_until_ = now + kSourceLearning;
  return Verdict::locked_now;
}

bool SourceLock::confirms(const Endpoint& from, const rtp::Header& header) {
  const auto next = static_cast<std::uint16_t>(header.sequence + 1);
  if (!candidates_) candidates_ = std::make_unique<std::array<Candidates, 3>>();
  auto& [row, oldest] = (*candidates_)[static_cast<std::size_t>(standing(from))];
  for (auto& candidate : row) {
    if (!candidate.used || candidate.from != from || candidate.ssrc != header.ssrc) continue;
    return std::exchange(candidate.next_sequence, next) == header.sequence;
  }
  row[oldest] = {.from = from, .ssrc = header.ssrc, .next_sequence = next, .used = true};
  oldest = static_cast<std::uint8_t>((oldest + 1) % row.size());
  return false;
}

std::optional<Endpoint> SourceLock::target() const {
  if (expectation_.sdp.port == 0 || expectation_.sdp.ip.is_unspecified()) return std::nullopt;
  return locked_ ? locked_ : expectation_.sdp;
}

}  // namespace portico::media
