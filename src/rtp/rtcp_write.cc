#include <algorithm>

#include "rtp/octets.h"
#include "rtp/rtcp.h"

namespace portico::rtp {
namespace {

constexpr std::size_t kReportsMax = 31;
constexpr std::size_t kCnameBytesMax = 255;

std::size_t write_part_header(std::span<std::uint8_t> out, std::size_t count, std::uint8_t type,
                              std::size_t bytes) {
  out[0] = static_cast<std::uint8_t>(0x80 | count);
  out[1] = type;
  write_u16(out, 2, static_cast<std::uint16_t>(bytes / 4 - 1));
  return 4;
}

void write_block(std::span<std::uint8_t> out, const ReportBlock& block) {
  write_u32(out, 0, block.ssrc);
  write_u32(out, 4, static_cast<std::uint32_t>(block.cumulative_lost) & 0xFF'FFFF);
  out[4] = block.fraction_lost;
  write_u32(out, 8, block.extended_highest);
  write_u32(out, 12, block.jitter);
  write_u32(out, 16, block.last_sr);
  write_u32(out, 20, block.delay_since_last_sr);
}

std::size_t write_sender_or_receiver_report(const Report& report, std::size_t blocks,
                                            std::span<std::uint8_t> out) {
  const std::size_t fixed = report.sender ? 28 : 8;
  const std::size_t bytes = fixed + blocks * 24;
  write_part_header(out, blocks, report.sender ? 200 : 201, bytes);
  write_u32(out, 4, report.ssrc);
  if (report.sender) {
    write_u32(out, 8, report.sender->sent.seconds);
    write_u32(out, 12, report.sender->sent.fraction);
    write_u32(out, 16, report.sender->rtp_timestamp);
    write_u32(out, 20, report.sender->packets);
    write_u32(out, 24, report.sender->octets);
  }
  for (std::size_t i = 0; i < blocks; ++i) write_block(out.subspan(fixed + i * 24), report.reports[i]);
  return bytes;
}

// Header, SSRC, item type and length, text, at least one zero.
std::size_t sdes_bytes(std::size_t text) { return (4 + 4 + 2 + text + 1 + 3) & ~std::size_t{3}; }

std::size_t write_sdes(std::uint32_t ssrc, std::string_view cname, std::span<std::uint8_t> out) {
  const auto bytes = sdes_bytes(cname.size());
  std::fill_n(out.begin(), bytes, std::uint8_t{0});
  write_part_header(out, 1, 202, bytes);
  write_u32(out, 4, ssrc);
  out[8] = 1;
  out[9] = static_cast<std::uint8_t>(cname.size());
  std::copy(cname.begin(), cname.end(), out.begin() + 10);
  return bytes;
}

std::size_t write_bye(std::uint32_t ssrc, std::span<std::uint8_t> out) {
  write_part_header(out, 1, 203, 8);
  write_u32(out, 4, ssrc);
  return 8;
}

}  // namespace

std::size_t write_report(const Report& report, std::span<std::uint8_t> out) {
  const auto blocks = std::min(report.reports.size(), kReportsMax);
  const auto cname = report.cname.substr(0, kCnameBytesMax);
  const auto needed =
      (report.sender ? 28U : 8U) + blocks * 24 + sdes_bytes(cname.size()) + (report.goodbye ? 8U : 0U);
  if (needed > out.size()) return 0;
  auto length = write_sender_or_receiver_report(report, blocks, out);
  length += write_sdes(report.ssrc, cname, out.subspan(length));
  if (report.goodbye) length += write_bye(report.ssrc, out.subspan(length));
  return length;
}

Duration next_report_in(const ReportInterval& session, double chance) {
  constexpr double kMinimumSeconds = 5;
  constexpr double kCompensation = 2.718281828459045 - 1.5;  // timer reconsideration converges too low
  constexpr double kMembers = 2;
  const double bandwidth = std::max(1.0, session.rtcp_octets_per_second);
  const double minimum = session.initial ? kMinimumSeconds / 2 : kMinimumSeconds;
  const double seconds = std::max(minimum, session.average_octets * kMembers / bandwidth);
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(seconds * (std::clamp(chance, 0.0, 1.0) + 0.5) / kCompensation));
}

}  // namespace portico::rtp
