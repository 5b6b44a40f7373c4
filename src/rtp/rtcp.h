#pragma once
// RTCP compounds: parse and build (RFC 3550 section 6, RFC 5506, RFC 5761). No clock: times are arguments.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "rtp/drop.h"

namespace portico::rtp {

// Seconds since 1900 and a binary fraction (RFC 5905). Wraps in 2036; from_ntp knows.
struct NtpTime {
  std::uint32_t seconds = 0;
  std::uint32_t fraction = 0;

  std::uint32_t middle() const { return seconds << 16 | fraction >> 16; }  // as in LSR
  friend bool operator==(const NtpTime&, const NtpTime&) = default;
};
NtpTime to_ntp(WallTime time);
WallTime from_ntp(NtpTime time);
// A duration in units of 1/65536 s, as in DLSR; saturates.
std::uint32_t to_ntp_short(Duration duration);
// Round trip from a report block about us: now - LSR - DLSR (RFC 3550 section 6.4.1). Nothing without LSR, or
// when the numbers contradict each other.
struct ReportBlock;
std::optional<Millis> round_trip(const ReportBlock& block, NtpTime now);

struct ReportBlock {
  std::uint32_t ssrc = 0;            // of the source it is about
  std::uint8_t fraction_lost = 0;    // of 256, since the last report
  std::int32_t cumulative_lost = 0;  // 24 bits, signed
  std::uint32_t extended_highest = 0;
  std::uint32_t jitter = 0;  // RTP clock ticks
  std::uint32_t last_sr = 0;
  std::uint32_t delay_since_last_sr = 0;  // 1/65536 s

  friend bool operator==(const ReportBlock&, const ReportBlock&) = default;
};

struct SenderReport {
  std::uint32_t ssrc = 0;
  NtpTime sent;
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;

  friend bool operator==(const SenderReport&, const SenderReport&) = default;
};

// What a datagram said. APP, RTPFB, PSFB, XR and unknown types are checked for length and skipped.
struct Compound {
  std::optional<SenderReport> sender;   // the last SR in it
  std::vector<ReportBlock> reports;     // of all SR and RR
  std::string cname;                    // first CNAME
  std::vector<std::uint32_t> goodbyes;  // SSRCs of BYE
  bool reduced_size = false;            // does not begin with SR or RR (RFC 5506): tolerated
};
// Drops: too_short, bad_version, bad_padding, rtcp_bad_length, rtcp_bad_packet, rtcp_too_many.
Taken<Compound> parse_compound(ByteView bytes);

// SR (when `sender`) or RR, SDES CNAME, and BYE when `goodbye`.
struct Report {
  std::uint32_t ssrc = 0;
  std::optional<SenderReport> sender;    // its ssrc is ignored
  std::span<const ReportBlock> reports;  // at most 31
  std::string_view cname;                // at most 255 bytes
  bool goodbye = false;
};
inline constexpr std::size_t kRtcpReportBytesMax = 8 + 20 + 31 * 24 + 12 + 256 + 8;
// Writes into `out` (kRtcpReportBytesMax is always enough) and returns the length; 0 when it does not fit.
std::size_t write_report(const Report& report, std::span<std::uint8_t> out);

// Time to the next report (RFC 3550 sections 6.2, 6.3.1, A.7), for sessions of two: with so few members
// senders and receivers share one bandwidth.
struct ReportInterval {
  double rtcp_octets_per_second = 400;  // 5 % of 64 kbit/s
  double average_octets = 100;          // of RTCP datagrams, UDP and IP headers included
  bool initial = false;                 // none sent yet: half the minimum
};
// `chance`: uniform in [0, 1).
Duration next_report_in(const ReportInterval& session, double chance);

}  // namespace portico::rtp
