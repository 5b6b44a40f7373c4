#include "signaling/leg.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "signaling/pump.h"
#include "sip/message/chars.h"

namespace portico::signaling {
namespace {

bool starts_with_any_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
         });
}

// One of 0-9 * # A-D or the number of its RFC 4733 event: many gateways write * and # as 10 and 11.
std::optional<char> digit_from(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789*#ABCD";
  while (!text.empty() && (text.front() == ' ' || text.front() == '=')) text.remove_prefix(1);
  text = text.substr(0, text.find_first_of(" \t\r\n"));
  std::size_t event = kDigits.size();
  if (text.size() == 1) {
    event = kDigits.find(static_cast<char>(std::toupper(static_cast<unsigned char>(text.front()))));
  } else if (text.size() == 2) {
    const auto read = std::from_chars(text.data(), text.data() + text.size(), event);
    if (read.ptr != text.data() + text.size()) return std::nullopt;
  }
  return event < kDigits.size() ? std::optional(kDigits[event]) : std::nullopt;
}

}  // namespace

std::string reason_header(std::string_view text) {
  return text.empty() ? std::string() : "Portico;text=\"" + std::string(text) + "\"";
}

void SipLeg::ring() {
  pump_.act(session_, [&](auto& agent, auto now, auto& out) { return agent.ring(now, session_, {}, out); });
}

bool SipLeg::answer(std::string sdp) {
  return pump_.act(session_, [&](auto& agent, auto now, auto& out) {
    return agent.answer(now, session_, std::move(sdp), out);
  });
}

void SipLeg::reject(int status, std::string reason) {
  sip::Refusal refusal{.status = status};
  if (!reason.empty()) refusal.headers.push_back({"Reason", reason_header(reason)});
  if (status == 503) refusal.headers.push_back({"Retry-After", "1"});
  pump_.act(session_,
            [&](auto& agent, auto now, auto& out) { return agent.reject(now, session_, refusal, out); });
}

void SipLeg::hangup(std::string reason) {
  pump_.act(session_, [&](auto& agent, auto now, auto& out) {
    return agent.bye(now, session_, reason_header(reason), out);
  });
}

bool SipLeg::answer_offer(std::string sdp) {
  return pump_.act(session_, [&](auto& agent, auto now, auto& out) {
    return agent.answer_offer(now, session_, std::move(sdp), out);
  });
}

void SipLeg::refuse_offer(int status, std::string warning) {
  sip::Refusal refusal{.status = status};
  if (!warning.empty()) refusal.headers.push_back({"Warning", std::move(warning)});
  pump_.act(session_, [&](auto& agent, auto now, auto& out) {
    return agent.refuse_offer(now, session_, refusal, out);
  });
}

void SipLeg::probe() {
  pump_.act(session_, [&](auto& agent, auto now, auto& out) {
    const auto sent = agent.send_request(now, session_, {.method = "OPTIONS"}, out);
    return sent ? Result<void>() : fail(sent.error());
  });
}

std::optional<call::LegDigit> digit_of(const sip::Body& info) {
  const auto type = std::string_view(info.type).substr(0, info.type.find_first_of("; \t"));
  const bool relay = sip::equal_nocase(type, "application/dtmf-relay");
  const bool nortel = sip::equal_nocase(type, "application/vnd.nortelnetworks.digits");  // lines, "d=5"
  if (!relay && !nortel && !sip::equal_nocase(type, "application/dtmf")) return std::nullopt;
  call::LegDigit out{.duration = Millis(160)};
  if (!relay && !nortel) {
    const auto digit = digit_from(info.bytes);
    if (!digit) return std::nullopt;
    out.digit = *digit;
    return out;
  }
  std::string_view rest = info.bytes;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find_first_of("\r\n"));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (nortel && line.starts_with("d=")) out.digit = digit_from(line.substr(2)).value_or('\0');
    if (relay && starts_with_any_case(line, "signal")) out.digit = digit_from(line.substr(6)).value_or('\0');
    if (relay && starts_with_any_case(line, "duration")) {
      auto number = line.substr(8);
      while (!number.empty() && (number.front() < '0' || number.front() > '9')) number.remove_prefix(1);
      int ms = 160;
      std::from_chars(number.data(), number.data() + number.size(), ms);
      out.duration = Millis(std::clamp(ms, 0, 10'000));
    }
  }
  if (out.digit == 0) return std::nullopt;
  return out;
}

}  // namespace portico::signaling
