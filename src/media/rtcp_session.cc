#include "media/rtcp_session.h"

#include <algorithm>
#include <array>

#include "media/drop.h"

namespace portico::media {
namespace {

constexpr double kUdpOctets = 28;  // IP and UDP headers count too (RFC 3550 section 6.2)

std::string make_cname(std::uint64_t seed) {
  std::array<std::uint8_t, 8> octets{};
  for (auto& octet : octets) {
    octet = static_cast<std::uint8_t>(seed);
    seed >>= 8U;
  }
  return to_hex(octets);
}

}  // namespace

RtcpSession::RtcpSession(PortId port, const PortSeed& seed, Now start)
    : port_(port), start_(start), random_(seed.rtcp), cname_(make_cname(seed.rtcp)) {}

// Uniform in [0, 1): splitmix64.
double RtcpSession::chance() {
  std::uint64_t z = random_ += 0x9E37'79B9'7F4A'7C15U;
  z = (z ^ z >> 30U) * 0xBF58'476D'1CE4'E5B9U;
  z = (z ^ z >> 27U) * 0x94D0'49BB'1331'11EBU;
  return static_cast<double>((z ^ z >> 31U) >> 11U) * 0x1.0p-53;
}

rtp::NtpTime RtcpSession::ntp(TimePoint now) const {
  return rtp::to_ntp(start_.wall + std::chrono::duration_cast<Millis>(now - start_.mono));
}

void RtcpSession::configure(TimePoint now, const StreamDescription& stream) {
  if (mux_ != stream.rtcp_mux || remote_ != stream.remote_rtcp) locked_.reset();
  mux_ = stream.rtcp_mux;
  remote_ = stream.remote_rtcp;
  if (next_report_ == kNever) next_report_ = now + rtp::next_report_in({.initial = true}, chance());
}

bool RtcpSession::admits(TimePoint now, const Endpoint& from, const SourceLock& lock) const {
  if (mux_) return lock.admits(now, from);
  if (locked_) return from == *locked_;
  // RFC 3605: SDP may name another host for RTCP.
  if (lock.locked()) return from.ip == lock.locked()->ip || from == remote_;
  return lock.expectation().proven || from.ip == remote_.ip;
}

// Strangers must get nothing: once the source is locked, reports go to its address only.
std::optional<Endpoint> RtcpSession::target(const SourceLock& lock) const {
  if (!lock.target()) return std::nullopt;
  if (mux_) return lock.target();
  if (locked_) return locked_;
  if (remote_.port == 0 || remote_.ip.is_unspecified()) return std::nullopt;
  return Endpoint{.ip = lock.locked() ? lock.locked()->ip : remote_.ip, .port = remote_.port};
}

bool RtcpSession::on_packet(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes,
                            rtp::SrtpSession* srtp, Receiver& receiver, const Sender& sender) {
  if (!admits(now, from, receiver.lock())) {
    count(Drop::rtcp_stranger);
    return false;
  }
  if (srtp != nullptr) {
    const auto length = srtp->unprotect_rtcp(bytes);
    if (!length) {
      rtp::count(length.error());
      return false;
    }
    bytes = bytes.first(*length);
  }
  const auto compound = rtp::parse_compound(bytes);
  if (!compound) {
    rtp::count(compound.error());
    return false;
  }
  const bool from_source = compound->sender && compound->sender->ssrc == receiver.lock().ssrc();
  if (!mux_ && receiver.lock().locked() && from_source) locked_ = from;
  take(now, *compound, receiver, sender);
  return true;
}

void RtcpSession::take(TimePoint now, const rtp::Compound& compound, Receiver& receiver,
                       const Sender& sender) {
  if (!compound.goodbyes.empty()) count(Drop::rtcp_goodbye);
  auto* statistics = receiver.statistics();
  if (compound.sender && statistics != nullptr && compound.sender->ssrc == receiver.lock().ssrc()) {
    statistics->on_sender_report(compound.sender->sent, now);
  }
  for (const auto& block : compound.reports) {
    if (block.ssrc != sender.ssrc()) continue;
    remote_lost_ = static_cast<std::uint32_t>(std::max(0, block.cumulative_lost));
    remote_jitter_ = block.jitter;
    remote_highest_ = block.extended_highest;
    if (const auto trip = rtp::round_trip(block, ntp(now))) round_trip_ = *trip;
  }
}

void RtcpSession::send_report(TimePoint now, const Parts& parts, bool goodbye, Outputs& out) {
  const bool sent = parts.sender.packets() != packets_at_report_;
  packets_at_report_ = parts.sender.packets();
  next_report_ = now + rtp::next_report_in({.average_octets = average_octets_}, chance());
  const auto to = target(parts.receiver.lock());
  if (!to) return;
  std::array<rtp::ReportBlock, 1> block{};
  rtp::Report report{.ssrc = parts.sender.ssrc(), .cname = cname_, .goodbye = goodbye};
  if (auto* statistics = parts.receiver.statistics()) {
    block[0] = statistics->make_report(*parts.receiver.lock().ssrc(), now);
    report.reports = block;
  }
  if (sent) {
    report.sender = rtp::SenderReport{.sent = ntp(now),
                                      .rtp_timestamp = parts.sender.timestamp(),
                                      .packets = static_cast<std::uint32_t>(parts.sender.packets()),
                                      .octets = static_cast<std::uint32_t>(parts.sender.octets())};
  }
  const auto offset = out.buffer.size();
  out.buffer.resize(offset + rtp::kRtcpReportBytesMax + rtp::kSrtpTrailerBytesMax);
  const auto room = std::span(out.buffer).subspan(offset);
  auto size = rtp::write_report(report, room.first(rtp::kRtcpReportBytesMax));
  if (parts.srtp != nullptr && size != 0) {
    const auto protect = parts.srtp->protect_rtcp(room, size);
    if (!protect) rtp::count(protect.error());
    size = protect ? *protect : 0;
  }
  out.buffer.resize(offset + size);
  if (size == 0) return;
  has_reported_ = true;
  average_octets_ += (static_cast<double>(size) + kUdpOctets - average_octets_) / 16;
  out.packets.push_back({.port = port_,
                         .rtcp = !mux_,
                         .to = *to,
                         .offset = static_cast<std::uint32_t>(offset),
                         .size = static_cast<std::uint32_t>(size)});
}

void RtcpSession::say_goodbye(TimePoint now, const Parts& parts, Outputs& out) {
  if (has_reported_ || parts.sender.packets() != 0) send_report(now, parts, true, out);
}

}  // namespace portico::media
