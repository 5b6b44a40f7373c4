#include <algorithm>

#include "base/limits.h"
#include "rtp/octets.h"
#include "rtp/rtcp.h"

namespace portico::rtp {
namespace {

constexpr std::uint8_t kSenderReport = 200;
constexpr std::uint8_t kReceiverReport = 201;
constexpr std::uint8_t kSdes = 202;
constexpr std::uint8_t kBye = 203;
constexpr std::uint8_t kCname = 1;
constexpr std::size_t kBlockBytes = 24;
constexpr std::size_t kSenderFieldsBytes = 20;

// One packet of a compound: header, and the body behind it without padding.
struct Part {
  std::uint8_t count = 0;
  std::uint8_t type = 0;
  ByteView body;
  std::size_t bytes = 0;  // the whole part
};

Taken<Part> next_part(ByteView bytes) {
  if (bytes.size() < 4) return Dropped(Drop::rtcp_bad_length);
  if (bytes[0] >> 6 != 2) return Dropped(Drop::bad_version);
  Part part{.count = static_cast<std::uint8_t>(bytes[0] & 0x1F), .type = bytes[1]};
  part.bytes = (read_u16(bytes, 2) + std::size_t{1}) * 4;
  if (part.bytes > bytes.size()) return Dropped(Drop::rtcp_bad_length);
  auto length = part.bytes - 4;
  if ((bytes[0] & 0x20) != 0) {
    if (part.bytes != bytes.size()) return Dropped(Drop::bad_padding);  // only the last may be padded
    const std::size_t padding = bytes[part.bytes - 1];
    if (padding == 0 || padding % 4 != 0 || padding > length) return Dropped(Drop::bad_padding);
    length -= padding;
  }
  part.body = bytes.subspan(4, length);
  return part;
}

ReportBlock read_block(ByteView b) {
  const auto lost = static_cast<std::int32_t>(read_u32(b, 4) << 8) >> 8;  // sign of 24 bits
  return {.ssrc = read_u32(b, 0),
          .fraction_lost = b[4],
          .cumulative_lost = lost,
          .extended_highest = read_u32(b, 8),
          .jitter = read_u32(b, 12),
          .last_sr = read_u32(b, 16),
          .delay_since_last_sr = read_u32(b, 20)};
}

std::optional<Drop> take_report(const Part& part, Compound& out) {
  auto body = part.body;
  const std::size_t fixed = part.type == kSenderReport ? 4 + kSenderFieldsBytes : 4;
  if (body.size() < fixed + part.count * kBlockBytes)
    return Drop::rtcp_bad_packet;  // more may follow: profiles
  if (part.type == kSenderReport) {
    out.sender = SenderReport{.ssrc = read_u32(body, 0),
                              .sent = {.seconds = read_u32(body, 4), .fraction = read_u32(body, 8)},
                              .rtp_timestamp = read_u32(body, 12),
                              .packets = read_u32(body, 16),
                              .octets = read_u32(body, 20)};
  }
  if (out.reports.size() + part.count > limits::kRtcpReportsMax) return Drop::rtcp_too_many;
  body = body.subspan(fixed);
  for (std::size_t i = 0; i < part.count; ++i)
    out.reports.push_back(read_block(body.subspan(i * kBlockBytes)));
  return std::nullopt;
}

// Items up to the terminating zero, then zeros up to a multiple of four. Returns the bytes used, 0 when
// malformed.
std::size_t take_chunk(ByteView chunk, Compound& out) {
  std::size_t at = 4;
  while (at < chunk.size() && chunk[at] != 0) {
    if (chunk.size() - at < 2 || chunk.size() - at - 2 < chunk[at + 1]) return 0;
    const std::size_t length = chunk[at + 1];
    if (chunk[at] == kCname && out.cname.empty()) out.cname = as_text(chunk.subspan(at + 2, length));
    at += 2 + length;
  }
  return std::min(chunk.size(), (at + 4) & ~std::size_t{3});  // some leave out the last zero
}

std::optional<Drop> take_sdes(const Part& part, Compound& out) {
  auto body = part.body;
  for (unsigned i = 0; i < part.count; ++i) {
    if (body.size() < 4) return Drop::rtcp_bad_packet;
    const auto used = take_chunk(body, out);
    if (used == 0) return Drop::rtcp_bad_packet;
    body = body.subspan(used);
  }
  return std::nullopt;
}

std::optional<Drop> take_bye(const Part& part, Compound& out) {
  if (part.body.size() < part.count * std::size_t{4}) return Drop::rtcp_bad_packet;
  const auto reason = part.body.subspan(part.count * std::size_t{4});
  if (!reason.empty() && reason.size() - 1 < reason[0]) return Drop::rtcp_bad_packet;
  if (out.goodbyes.size() + part.count > limits::kRtcpReportsMax) return Drop::rtcp_too_many;
  for (std::size_t i = 0; i < part.count; ++i) out.goodbyes.push_back(read_u32(part.body, i * 4));
  return std::nullopt;
}

std::optional<Drop> take_part(const Part& part, Compound& out) {
  switch (part.type) {
    case kSenderReport:
    case kReceiverReport:
      return take_report(part, out);
    case kSdes:
      return take_sdes(part, out);
    case kBye:
      return take_bye(part, out);
    default:
      return std::nullopt;  // APP, RTPFB, PSFB, XR and what comes later
  }
}

}  // namespace

Taken<Compound> parse_compound(ByteView bytes) {
  if (bytes.size() < 4) return Dropped(Drop::too_short);
  Compound out;
  out.reduced_size = bytes[1] != kSenderReport && bytes[1] != kReceiverReport;
  for (std::size_t parts = 0; !bytes.empty(); ++parts) {
    if (parts == limits::kRtcpPacketsMax) return Dropped(Drop::rtcp_too_many);
    const auto part = next_part(bytes);
    if (!part) return Dropped(part.error());
    if (const auto drop = take_part(*part, out)) return Dropped(*drop);
    bytes = bytes.subspan(part->bytes);
  }
  return out;
}

}  // namespace portico::rtp
