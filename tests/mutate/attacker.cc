#include "mutate/attacker.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "sip/digest/answer.h"
#include "sip/message/headers.h"
#include "sip/message/parse.h"
#include "sip/message/write.h"

namespace portico::mutate {
namespace {

// Many spoiled messages make the server say nothing, rightly: a longer wait would only make the attack
// slower.
constexpr Millis kAnswerMax{200};

std::string sdp(std::uint32_t version, std::uint32_t variant) {
  static constexpr std::array<std::string_view, 4> kMedia{
      "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 "
      "0-16\r\na=ptime:20\r\n",
      "m=audio 4000 RTP/AVP 9 0\r\na=rtcp:4001\r\na=sendonly\r\n",
      "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 "
      "inline:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd\r\n",
      "m=audio 4000 RTP/AVP 96 8\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"
      "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"};
  return "v=0\r\no=phone 1 " + std::to_string(version) +
         " IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
         std::string(kMedia[variant % kMedia.size()]);
}

}  // namespace

Attacker::Attacker(Target target, Wire& wire, std::uint64_t seed)
    : target_(std::move(target)), wire_(wire), mutator_(seed) {}

bool Attacker::redeem_proof(std::string_view bytes) {
  // A digest is a number: in whichever case its digits are written, it proves the same.
  const auto same_digit = [](char said, char made) {
    return made == (said >= 'A' && said <= 'F' ? said - 'A' + 'a' : said);
  };
  const auto it = std::find_if(
      unused_proofs_.begin(), unused_proofs_.end(),
      [&](const std::string& response) { return !std::ranges::search(bytes, response, same_digit).empty(); });
  if (it == unused_proofs_.end()) return false;
  unused_proofs_.erase(it);
  return true;
}

void Attacker::converse() {
  begin();
  if (log_in() && final_ == 200) {
    ++answered_;
    talk();
  }
  end();
}

void Attacker::begin() {
  call_id_ = mutator_.token(16) + "@phone";
  from_tag_ = mutator_.token(8);
  to_tag_.clear();
  rseq_.clear();
  remote_target_ = "sip:" + target_.user + "@" + target_.host;
  challenge_.clear();
  cseq_ = mutator_.below(1'000);
}

// Spoiled copies before or behind the message, or instead of it.
void Attacker::say(const std::string& message) {
  mutator_.remember(message);
  const bool first = mutator_.one_in(2);
  if (first) wire_.send(message);
  for (auto n = mutator_.below(8); n > 0; --n) {
    wire_.send(mutator_.spoil(message));
    ++spoiled_;
  }
  if (!first) wire_.send(message);
}

std::string Attacker::request(const std::string& method, const std::string& extra, const std::string& type,
                              const std::string& body) {
  const bool of_invite = method == "CANCEL" || (method == "ACK" && final_ >= 300);
  auto branch = of_invite ? invite_branch_ : "z9hG4bK" + mutator_.token(12);
  auto number = method == "ACK" || method == "CANCEL" ? invite_cseq_ : ++cseq_;
  if (method == "INVITE") {
    invite_branch_ = branch;
    invite_cseq_ = number;
    final_ = 0;
  }
  const auto uri = of_invite ? "sip:" + target_.user + "@" + target_.host : remote_target_;
  const bool tagged = !to_tag_.empty() && method != "CANCEL";
  return method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/" + wire_.transport() + " " + wire_.sent_by() +
         ";branch=" + branch +
         ";rport\r\nFrom: \"Mal\\\"lory\" <sip:+15551230001@phones.example>;tag=" + from_tag_ +
         "\r\nTo: <sip:" + target_.user + "@" + target_.host + ">" + (tagged ? ";tag=" + to_tag_ : "") +
         "\r\nCall-ID: " + call_id_ + "\r\nCSeq: " + std::to_string(number) + " " + method +
         "\r\nMax-Forwards: 70\r\nContact: <sip:phone@" + wire_.sent_by() +
         ";transport=" + wire_.transport() + ">\r\n" + extra +
         (type.empty() ? "" : "Content-Type: " + type + "\r\n") +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string Attacker::proof() {
  const auto parsed = sip::parse_datagram(challenge_);
  const auto challenge = sip::choose_challenge(parsed.message, sip::Header::proxy_authenticate);
  if (!challenge) return {};
  const auto uri = "sip:" + target_.user + "@" + target_.host;
  const auto cnonce = mutator_.token(10);
  const auto value = sip::answer_challenge(
      *challenge,
      {.username = target_.user, .password = target_.password.empty() ? "a guess" : target_.password},
      {.method = "INVITE", .uri = uri, .nc = 1, .cnonce = cnonce});
  if (!target_.password.empty()) {
    ++proofs_;
    const auto at = value.find("response=\"") + 10;
    unused_proofs_.insert(value.substr(at, value.find('"', at) - at));
  }
  return "Proxy-Authorization: " + value + "\r\n";
}

// True: the server has answered an INVITE with proof, one way or the other.
bool Attacker::log_in() {
  static constexpr std::array<std::string_view, 3> kExtras{
      "Supported: 100rel, timer\r\nSession-Expires: 1800;refresher=uac\r\nAllow: INVITE, ACK, BYE, "
      "UPDATE\r\n",
      "X-Account: 17\r\nUser-to-User: 48656c6c6f;encoding=hex\r\nDiversion: "
      "<sip:+15550001@a.example>;reason=no-answer\r\n",
      "Record-Route: <sip:127.0.0.1:5999;lr>\r\nPrivacy: id\r\nRequire: 100rel\r\n"};
  const std::string extra(kExtras[mutator_.below(kExtras.size())]);
  const bool late = mutator_.one_in(8);
  const auto offer = late ? std::string() : sdp(1, mutator_.below(8));
  const std::string type = late ? "" : "application/sdp";
  for (int tries = 0; tries < 2; ++tries) {
    challenge_.clear();
    say(request("INVITE", extra, type, offer));
    listen(kAnswerMax);
    if (challenge_.empty()) return false;
    say(request("ACK"));
    to_tag_.clear();
    say(request("INVITE", proof() + extra, type, offer));
    if (mutator_.one_in(6)) say(request("CANCEL"));
    listen(kAnswerMax);
    // A spoiled copy may have used the proof up, rightly; then there is a fresh challenge.
    if (final_ != 407) return true;
    say(request("ACK"));
    to_tag_.clear();
  }
  return false;
}

void Attacker::talk() {
  say(request("ACK", {}, "application/sdp", mutator_.one_in(4) ? sdp(1, 0) : std::string()));
  for (auto n = mutator_.below(5); n > 0; --n) {
    switch (mutator_.below(8)) {
      case 0:
        say(request("INVITE", {}, "application/sdp", sdp(2 + n, mutator_.below(8))));
        listen(kAnswerMax);
        say(request("ACK"));
        break;
      case 1:
        say(request("UPDATE", "Session-Expires: 90\r\n", "application/sdp", sdp(9 + n, n)));
        break;
      case 2:
        say(request("INFO", {}, "application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"));
        break;
      case 3:
        say(request("INFO", {}, "application/dtmf", "#"));
        break;
      case 4:
        say(request("PRACK", "RAck: 1 " + std::to_string(invite_cseq_) + " INVITE\r\n"));
        break;
      case 5:
        say(request("REFER", "Refer-To: <sip:elsewhere@127.0.0.1:9>\r\n"));
        break;
      case 6:
        say(request("OPTIONS"));
        break;
      default:
        say(request("MESSAGE", {}, "text/plain", "hello"));
    }
    listen(Millis(5));
  }
}

void Attacker::end() {
  if (final_ >= 300) return say(request("ACK"));
  if (final_ == 0) say(request("CANCEL"));
  if (!to_tag_.empty() && (final_ == 200 || mutator_.one_in(2))) {
    wire_.send(request("ACK"));
    say(request("BYE"));
  }
  listen(Millis(5));
}

void Attacker::listen(Millis patience) {
  // Until the INVITE has its final answer, or nothing more comes.
  const auto wanted = patience > Millis(100);
  for (int i = 0; i < 200; ++i) {
    const auto messages = wire_.receive(patience);
    for (const auto& bytes : messages) on_message(bytes);
    if (messages.empty() || !wanted || final_ != 0) return;
  }
}

void Attacker::on_message(const std::string& bytes) {
  ++heard_;
  auto parsed = sip::parse_datagram(bytes);
  const auto& message = parsed.message;
  const auto fault = parsed.fault           ? parsed.fault
                     : message.is_request() ? sip::validate_request(message)
                                            : std::nullopt;
  if (fault) {
    std::printf("the server sent what is no SIP (%s):\n%s\n", std::string(fault->what).c_str(),
                bytes.c_str());
    std::exit(1);
  }
  mutator_.remember(bytes);
  if (message.is_request()) return answer(message);
  if (message.value(sip::Header::call_id) != call_id_) return;
  const auto cseq = sip::read_cseq(message);
  if (!cseq || cseq->method_text != "INVITE" || cseq->number != invite_cseq_) return;
  const auto via = sip::parse_via(message.value(sip::Header::via));
  if (!via || via->branch() != invite_branch_) return;  // of a spoiled copy
  if (const auto to = sip::read_to(message); to && !to->tag().empty()) to_tag_ = to->tag();
  if (message.has(sip::Header::rseq)) {
    say(request("PRACK", "RAck: " + std::string(message.value(sip::Header::rseq)) + " " +
                             std::to_string(invite_cseq_) + " INVITE\r\n"));
  }
  if (message.status() < 200) return;
  final_ = message.status();
  if (final_ == 407) challenge_ = bytes;
  if (const auto contact = sip::parse_name_addr(message.value(sip::Header::contact));
      contact && final_ == 200) {
    remote_target_ = contact->uri_text;
  }
}

void Attacker::answer(const sip::Message& request) {
  if (request.method() == sip::Method::ack) return;
  auto out = sip::respond(request, {.status = mutator_.one_in(4) ? 481 : 200, .to_tag = from_tag_});
  out.add(sip::Header::contact, "<sip:phone@" + wire_.sent_by() + ">");
  const bool offer = request.method() == sip::Method::invite || request.method() == sip::Method::update;
  say(offer ? out.finish("application/sdp", sdp(5, 0)) : out.finish());
}

}  // namespace portico::mutate
