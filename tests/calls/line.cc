#include "calls/line.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "sip/message/headers.h"
#include "sip/message/parse.h"
#include "sip/message/write.h"

namespace portico::calls {
namespace {

// "offer", "hold", "moved", "elsewhere", "ipv6"; nothing for anything else.
std::string sdp_of(std::string_view kind) {
  const std::string address = kind == "elsewhere" ? "203.0.113.10" : "203.0.113.9";
  const auto head = "v=0\r\no=- 1 1 IN IP4 " + address + "\r\ns=-\r\nc=IN IP4 " + address + "\r\nt=0 0\r\n";
  const auto common = head + "m=audio 4000 RTP/AVP 0\r\n";
  if (kind == "offer" || kind == "elsewhere") return common;
  if (kind == "ipv6") return head + "m=audio 4000 RTP/AVP 0\r\nc=IN IP6 2001:db8::9\r\n";
  if (kind == "moved") return head + "m=audio 4002 RTP/AVP 0\r\n";
  if (kind == "hold") return common + "a=sendonly\r\n";
  return {};
}

}  // namespace

bool Wish::is_answer() const { return std::isdigit(static_cast<unsigned char>(method.front())) != 0; }

std::string Wish::word(const std::string& key) const {
  const auto it = words.find(key);
  return it == words.end() ? std::string() : it->second;
}

Wish read_wish(const std::string& item) {
  Wish wish;
  std::istringstream rest(item);
  rest >> wish.method;
  if (wish.method == "again") {
    wish.again = true;
    rest >> wish.method;
  }
  for (std::string word; rest >> word;) {
    if (const auto equals = word.find('='); equals != std::string::npos) {
      wish.words[word.substr(0, equals)] = word.substr(equals + 1);
    } else if (word == "to") {
      rest >> wish.answers;
    } else {
      wish.target = word;
    }
  }
  return wish;
}

void Line::on_datagram(const std::string& bytes) {
  const auto message = sip::parse_datagram(bytes).message;
  if (message.is_request()) {
    last_method_ = message.method_text();
    came_[last_method_] = bytes;
    if (last_method_ == "INVITE" && call_id_.empty()) learn_request(bytes);
    return;
  }
  const std::string cseq(message.value("CSeq"));
  // An answer to what bore another tag on purpose teaches nothing.
  const bool makes_dialog = cseq.ends_with("INVITE") && invite_tag_.empty();
  const auto to = sip::parse_name_addr(message.value("To"));
  if (to && !to->tag().empty() && (makes_dialog || remote_tag_.empty())) remote_tag_ = to->tag();
  answered_ = answered_ || (cseq.ends_with("INVITE") && message.status() / 100 == 2);
  if (message.has(sip::Header::rseq)) rack_ = std::string(message.value("RSeq")) + " " + cseq;
}

// We are called: the dialog is theirs.
void Line::learn_request(const std::string& bytes) {
  const auto message = sip::parse_datagram(bytes).message;
  call_id_ = message.value("Call-ID");
  local_ = message.value("To");
  local_tag_ = "peer";
  const auto from = sip::read_from(message);
  const auto contact = sip::read_contact(message);
  if (!from || !contact) return;
  remote_ = sip::name_addr(sip::display_name(*from), from->uri_text);
  remote_tag_ = from->tag();
  target_ = contact->uri_text;
}

std::string Line::write(const Wish& wish, const std::string& uri, const std::string& authorization) {
  if (wish.again) return sent_[wish.method];
  auto bytes = wish.is_answer() ? write_answer(wish) : write_request(wish, uri, authorization);
  sent_[wish.method] = bytes;
  return bytes;
}

std::string Line::contact(const Wish& wish) const {
  const bool given =
      std::ranges::any_of(wish.headers, [](const auto& h) { return h.starts_with("Contact:"); });
  return given || wish.word("contact") == "none" ? std::string()
                                                 : "Contact: <sip:phone@" + address_ + ":5060>\r\n";
}

std::string Line::ending(const Wish& wish, std::string_view usual_sdp) const {
  std::string out;
  for (const auto& header : wish.headers) out += header + "\r\n";
  const auto asked = wish.word("sdp");
  const auto body = sdp_of(asked.empty() ? usual_sdp : asked);
  if (!body.empty()) out += "Content-Type: application/sdp\r\n";
  return out + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string Line::write_answer(const Wish& wish) {
  const auto& request = came_[wish.answers.empty() ? last_method_ : wish.answers];
  const auto message = sip::parse_datagram(request).message;
  std::string out = "SIP/2.0 " + wish.method + " Because\r\n";
  for (const auto* name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
    out += std::string(name) + ": " + std::string(message.value(name));
    const bool needs_tag = std::string_view(name) == "To" && wish.method != "100" &&
                           message.value(name).find(";tag=") == std::string_view::npos;
    const auto tag = wish.word("tag");
    if (needs_tag) out += ";tag=" + (tag.empty() ? local_tag_ : tag);
    out += "\r\n";
  }
  const bool to_invite = message.method() == sip::Method::invite;
  const bool accepts = wish.method.front() == '2' && (to_invite || !message.body().empty());
  return out + contact(wish) + ending(wish, accepts ? "offer" : "");
}

// A new branch and number; for the first INVITE the dialog as well.
void Line::start_invite(const Wish& wish, const std::string& uri) {
  if (wish.method == "INVITE") {
    if (call_id_.empty()) call_id_ = "flow@" + address_;
    target_ = uri;
    remote_ = "<" + uri + ">";
    remote_tag_.clear();
  }
  answered_ = false;
  invite_tag_ = remote_tag_;
  invite_cseq_ = ++cseq_;
  invite_branch_ = "z9hG4bK-" + address_ + "-" + std::to_string(++branch_);
}

// ACK to a refusal and CANCEL bear the INVITE's branch (RFC 3261 sections 9.1 and 17.1.1.3), and so does no
// other request.
std::string Line::write_request(const Wish& wish, const std::string& uri, const std::string& authorization) {
  const bool invite = wish.method == "INVITE" || wish.method == "re-INVITE";
  const std::string method = invite ? "INVITE" : wish.method;
  const bool of_invite = method == "ACK" || method == "CANCEL";
  if (invite) start_invite(wish, uri);
  const bool own = !invite && !(method == "CANCEL" || (method == "ACK" && !answered_));
  if (!invite && !of_invite) ++cseq_;
  const bool outside = !wish.target.empty() && !invite;  // OPTIONS A
  const auto& to = outside ? "<" + uri + ">" : remote_;
  auto number = std::to_string(invite || of_invite ? invite_cseq_ : cseq_);
  if (!wish.word("cseq").empty()) number = wish.word("cseq");
  auto tag = method == "CANCEL" ? invite_tag_ : remote_tag_;
  if (!wish.word("tag").empty()) tag = wish.word("tag");
  if (outside) tag.clear();
  const auto branch = own ? "z9hG4bK-" + address_ + "-" + std::to_string(++branch_) : invite_branch_;
  std::string out = method + " " + (outside ? uri : target_) + " SIP/2.0\r\nVia: SIP/2.0/UDP " + address_ +
                    ":5060;branch=" + branch + "\r\nFrom: " + local_ + ";tag=" + local_tag_ +
                    "\r\nTo: " + to + (tag.empty() ? "" : ";tag=" + tag) +
                    "\r\nCall-ID: " + (call_id_.empty() ? "flow@" + address_ : call_id_) +
                    "\r\nCSeq: " + number + " " + method + "\r\nMax-Forwards: 70\r\n";
  if (method == "PRACK" && !rack_.empty()) out += "RAck: " + rack_ + "\r\n";
  return out + contact(wish) + authorization + ending(wish, invite ? "offer" : "");
}

}  // namespace portico::calls
