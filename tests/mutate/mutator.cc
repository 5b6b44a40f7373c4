#include "mutate/mutator.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace portico::mutate {
namespace {

constexpr std::size_t kRememberedMax = 64;
constexpr std::size_t kMessageBytesMax = 65'000;  // what a datagram carries

constexpr std::array<std::string_view, 12> kNumbers{
    "-1",         "0",          "00000000000000000000001", "256", "65536", "2147483648", "4294967295",
    "4294967296", "9999999999", "18446744073709551616",    "1e9", "0x7f"};

using namespace std::string_view_literals;
constexpr auto kPhrases = std::to_array<std::string_view>({"\r\n",
                                                           "\r\n\r\n",
                                                           "\n",
                                                           "\r",
                                                           "\0"sv,
                                                           "\t",
                                                           " ",
                                                           ",",
                                                           ";",
                                                           ":",
                                                           "\"",
                                                           "\\",
                                                           "<",
                                                           ">",
                                                           "<>",
                                                           "@",
                                                           "=",
                                                           "%00",
                                                           "%0d%0a",
                                                           "%",
                                                           "\r\nX-Put: in",
                                                           "\r\nContent-Length: 0\r\n\r\n",
                                                           "\r\nVia: SIP/2.0/UDP 192.0.2.66:5060",
                                                           "\r\nContact: *",
                                                           "\r\nContact: <sip:x@192.0.2.66;lr?a=b>",
                                                           "\r\nRoute: <sip:192.0.2.66;lr>",
                                                           "\r\nRecord-Route: <sip:192.0.2.66>",
                                                           "\r\nRequire: 100rel, timer, replaces",
                                                           "\r\nRequire: nonsense",
                                                           "\r\nSupported: 100rel",
                                                           "\r\nSession-Expires: 90;refresher=uac",
                                                           "\r\nMin-SE: 4294967295",
                                                           "\r\nReplaces: a;to-tag=b;from-tag=c",
                                                           "\r\nTo: <sip:a@b>;tag=again",
                                                           "\r\n folded",
                                                           ";tag=",
                                                           ";tag=a;tag=b",
                                                           ";branch=z9hG4bK",
                                                           ";branch=",
                                                           ";received=::1",
                                                           ";maddr=239.1.1.1",
                                                           ";lr",
                                                           "sip:",
                                                           "sips:x@[::1]",
                                                           "tel:+1",
                                                           "sip:@",
                                                           "sip:a@b:99999",
                                                           "SIP/2.0",
                                                           "SIP/3.0",
                                                           "INVITE",
                                                           "ACK",
                                                           "CANCEL",
                                                           "BYE",
                                                           "PRACK",
                                                           "application/sdp",
                                                           "multipart/mixed;boundary=x",
                                                           "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA",
                                                           "m=audio 0 RTP/AVP 0\r\n",
                                                           "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
                                                           "c=IN IP4 255.255.255.255\r\n",
                                                           "a=sendonly\r\n",
                                                           "a=fmtp:101 0-15\r\n",
                                                           "\xC3\x28",
                                                           "\xE2\x80\xAE",
                                                           "\xF0\x9F\x93\x9E",
                                                           "\xFF\xFE",
                                                           "%s%n",
                                                           "../../../etc/passwd",
                                                           "';--",
                                                           "<!--"});

}  // namespace

void Mutator::remember(std::string_view message) {
  heard_.emplace_back(message);
  if (heard_.size() > kRememberedMax) heard_.pop_front();
}

std::string Mutator::spoil(std::string message) {
  static constexpr auto kFaults = std::to_array<Fault>(
      {&Mutator::flip_bytes, &Mutator::put_byte_soup, &Mutator::drop_bytes, &Mutator::drop_line,
       &Mutator::repeat_line, &Mutator::swap_lines, &Mutator::truncate, &Mutator::put_huge_number,
       &Mutator::spoil_line_end, &Mutator::splice, &Mutator::put_phrase, &Mutator::put_phrase,
       &Mutator::swell, &Mutator::swap_case, &Mutator::spoil_content_length});
  const auto faults = one_in(3) ? 2 + below(3) : 1;
  for (std::uint32_t i = 0; i < faults && !message.empty(); ++i) {
    (this->*kFaults[below(kFaults.size())])(message);
  }
  if (message.empty()) message = "\r\n";
  if (message.size() > kMessageBytesMax) message.resize(kMessageBytesMax);
  return message;
}

void Mutator::flip_bytes(std::string& text) {
  for (std::uint32_t n = 1 + below(4); n > 0; --n) {
    auto& byte = text[below(static_cast<std::uint32_t>(text.size()))];
    byte = static_cast<char>(one_in(2) ? below(256) : static_cast<unsigned char>(byte) ^ (1U << below(8)));
  }
}

void Mutator::put_byte_soup(std::string& text) {
  std::string soup(1 + below(24), '\0');
  for (auto& byte : soup) byte = static_cast<char>(below(256));
  text.insert(place_in(text), soup);
}

void Mutator::drop_bytes(std::string& text) { text.erase(place_in(text), 1 + below(24)); }

Mutator::Line Mutator::pick_line(const std::string& text) {
  const auto at = below(static_cast<std::uint32_t>(text.size()));
  const auto before = text.rfind('\n', at == 0 ? 0 : at - 1);
  const auto begin = before == std::string::npos ? 0 : before + 1;
  const auto end = text.find('\n', begin);
  return {begin, (end == std::string::npos ? text.size() : end + 1) - begin};
}

void Mutator::drop_line(std::string& text) {
  const auto line = pick_line(text);
  text.erase(line.begin, line.size);
}

void Mutator::repeat_line(std::string& text) {
  const auto line = pick_line(text);
  const auto copy = text.substr(line.begin, line.size);
  for (std::uint32_t n = one_in(20) ? 300 : 1; n > 0; --n) text.insert(line.begin, copy);
}

void Mutator::swap_lines(std::string& text) {
  const auto line = pick_line(text);
  const auto copy = text.substr(line.begin, line.size);
  text.erase(line.begin, line.size);
  if (text.empty()) return;
  text.insert(pick_line(text).begin, copy);
}

void Mutator::truncate(std::string& text) { text.resize(below(static_cast<std::uint32_t>(text.size()))); }

void Mutator::put_huge_number(std::string& text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto from =
      text.begin() + static_cast<std::ptrdiff_t>(below(static_cast<std::uint32_t>(text.size())));
  const auto begin = std::find_if(from, text.end(), is_digit);
  const auto end = std::find_if_not(begin, text.end(), is_digit);
  text.replace(begin, end, kNumbers[below(kNumbers.size())]);
}

void Mutator::spoil_line_end(std::string& text) {
  static constexpr std::array<std::string_view, 7> kEnds{"\n",       "\r",     "\n\r", "",
                                                         "\r\n\r\n", "\r\r\n", "\r\n "};
  const auto from = below(static_cast<std::uint32_t>(text.size()));
  const auto at = text.find("\r\n", from);
  if (at != std::string::npos) text.replace(at, 2, kEnds[below(kEnds.size())]);
}

// The head of one and the tail of another, cut anywhere or at lines.
void Mutator::splice(std::string& text) {
  if (heard_.empty()) return;
  const auto& other = heard_[below(static_cast<std::uint32_t>(heard_.size()))];
  if (other.empty()) return;
  const bool at_lines = one_in(2);
  const auto cut = at_lines ? pick_line(text).begin : place_in(text);
  const auto join = at_lines ? pick_line(other).begin : place_in(other);
  text = text.substr(0, cut) + other.substr(join);
}

void Mutator::put_phrase(std::string& text) {
  const auto phrase = kPhrases[below(kPhrases.size())];
  const auto at = place_in(text);
  if (one_in(2)) {
    text.insert(at, phrase);
  } else {
    text.replace(at, std::min<std::size_t>(phrase.size(), text.size() - at), phrase);
  }
}

void Mutator::swell(std::string& text) {
  static constexpr std::array<std::uint32_t, 5> kSizes{64, 1'024, 5'000, 17'000, 64'000};
  const auto size = kSizes[one_in(4) ? below(kSizes.size()) : below(2)];
  const auto at = place_in(text);
  const auto piece = text.substr(at, 1 + below(6));
  std::string grown;
  while (grown.size() < size) grown += piece.empty() ? "a" : piece;
  text.insert(at, grown);
}

void Mutator::swap_case(std::string& text) {
  const auto line = pick_line(text);
  for (auto i = line.begin; i < line.begin + line.size; ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    text[i] = static_cast<char>(std::islower(c) != 0 ? std::toupper(c) : std::tolower(c));
  }
}

void Mutator::spoil_content_length(std::string& text) {
  const auto at = text.find("Content-Length: ");
  if (at == std::string::npos) return;
  const auto end = std::min(text.find('\r', at), text.size());
  text.replace(at + 16, end - at - 16,
               one_in(2) ? std::string(kNumbers[below(kNumbers.size())]) : std::to_string(below(2'000)));
}

}  // namespace portico::mutate
