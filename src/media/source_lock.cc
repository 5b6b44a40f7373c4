#include "media/source_lock.h"

namespace portico::media {

void SourceLock::expect(const Expectation& expectation) {
  *this = SourceLock();
  expectation_ = expectation;
}

bool SourceLock::admits(const Endpoint& from) const {
  if (locked_) return from == *locked_;
  return expectation_.any_address || expectation_.proven || from.ip == expectation_.sdp.ip;
}

//                 proven, or second in a row                 other SSRC, proven or second in a row
//   open ────────────────────────────────────────▶ locked ─────────────────────────────────────────▶ locked
//    │ ▲  first of a row: unproven                  │    accept                                  new_stream
//    └─┘                                            └──▶ same SSRC: accept
SourceLock::Verdict SourceLock::on_packet(const Endpoint& from, const rtp::Header& header) {
  if (locked_ && header.ssrc == ssrc_) return Verdict::accept;
  const bool believed = expectation_.proven || confirms(from, header);
  if (!believed) return locked_ ? Verdict::other_stream : Verdict::unproven;
  const bool first = !locked_;
  locked_ = from;
  ssrc_ = header.ssrc;
  candidates_ = {};
  return first ? Verdict::locked_now : Verdict::new_stream;
}

bool SourceLock::confirms(const Endpoint& from, const rtp::Header& header) {
  const auto next = static_cast<std::uint16_t>(header.sequence + 1);
  for (auto& candidate : candidates_) {
    if (!candidate.used || candidate.from != from || candidate.ssrc != header.ssrc) continue;
    if (candidate.next_sequence == header.sequence) return true;
    candidate.next_sequence = next;
    return false;
  }
  candidates_[next_candidate_] = {.from = from, .ssrc = header.ssrc, .next_sequence = next, .used = true};
  next_candidate_ = (next_candidate_ + 1) % candidates_.size();
  return false;
}

std::optional<Endpoint> SourceLock::target() const {
  if (expectation_.sdp.port == 0 || expectation_.sdp.ip.is_unspecified()) return std::nullopt;
  return locked_ ? locked_ : expectation_.sdp;
}

}  // namespace portico::media
