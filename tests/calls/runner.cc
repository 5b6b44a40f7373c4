#include "calls/runner.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "sip/digest/answer.h"
#include "sip/message/headers.h"
#include "sip/message/parse.h"

namespace portico::calls {
namespace {

constexpr const char* kOffer =
    "v=0\r\no=- 1 1 IN IP4 203.0.113.9\r\ns=-\r\nc=IN IP4 203.0.113.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

sim::ServerSettings settings_of(const Flow& flow) {
  sim::ServerSettings settings;
  settings.troubles.webhook_delay = Millis(0);
  settings.troubles.webhook_delay_least = flow.backend;
  settings.region = flow.region;
  settings.password = flow.password;
  if (const auto cidr = parse_cidr(flow.allow)) settings.allowed_sources.push_back(*cidr);
  return settings;
}

std::string word_after(const std::string& text, const std::string& key) {
  const auto at = text.find(key);
  if (at == std::string::npos) return {};
  const auto begin = at + key.size();
  return text.substr(begin, text.find(' ', begin) - begin);
}

Endpoint endpoint_of(const std::string& address) {
  const auto ip = parse_ip(address);
  return {.ip = ip ? *ip : IpAddress(), .port = 5060};
}

}  // namespace

Runner::Runner(const Flow& flow) : flow_(flow), server_(loop_, network_, settings_of(flow), 1) {
  server_.webhooks().documents = {"<Response><Pause duration=\"120\"/></Response>"};
  for (const auto& step : flow.steps) {
    if (step.from.empty() || lines_.contains(step.from)) continue;
    lines_[step.from] = {};
    network_.attach(endpoint_of(step.from), [this, at = step.from](const sim::Datagram& datagram) {
      on_datagram(at, datagram.bytes);
    });
  }
}

std::vector<std::string> Runner::run() {
  const auto start = loop_.now();
  for (const auto& step : flow_.steps) {
    loop_.run_until(start + step.at);
    if (step.from.empty()) {
      for (const auto& fact : step.items) expect(step, fact);
      seen_.clear();
      continue;
    }
    seen_.clear();
    for (const auto& item : step.items) send(step, item);
  }
  return std::move(failures_);
}

void Runner::on_datagram(const std::string& at, const std::string& bytes) {
  seen_.push_back(bytes);
  auto& line = lines_[at];
  if (!bytes.starts_with("SIP/2.0")) {
    line.last_request = bytes;
    return;
  }
  const auto parsed = sip::parse_datagram(bytes);
  if (const auto to = sip::parse_name_addr(parsed.message.value("To"))) line.to_tag = to->tag();
  const bool to_invite = parsed.message.value("CSeq").ends_with("INVITE");
  line.answered = line.answered || (to_invite && bytes.starts_with("SIP/2.0 200"));
}

void Runner::send(const Step& step, const std::string& item) {
  auto& line = lines_[step.from];
  const auto method = item.substr(0, item.find(' '));
  std::string bytes;
  if (method == "INVITE") {
    const auto who = item.substr(7, item.find(' ', 7) - 7);
    line.target = std::string("sip:") + (who == "A" ? sim::kUser : who) + "@" + sim::kDomain;
    line.to_tag.clear();
    line.answered = false;
    ++line.cseq;
    line.invite_branch = "z9hG4bK-" + std::to_string(++line.branch);
    bytes = request(step.from, line, "INVITE", authorization(item, line));
  } else if (std::isdigit(static_cast<unsigned char>(method.front())) != 0) {
    const auto parsed = sip::parse_datagram(line.last_request);
    bytes = "SIP/2.0 " + method + " OK\r\n";
    for (const auto* name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
      bytes += std::string(name) + ": " + std::string(parsed.message.value(name)) + "\r\n";
    }
    bytes += "Content-Length: 0\r\n\r\n";
  } else {
    if (method == "BYE") ++line.cseq;
    bytes = request(step.from, line, method, {});
  }
  network_.send({.from = endpoint_of(step.from), .to = sim::Server::address(), .bytes = std::move(bytes)});
}

// ACK to a refusal and CANCEL bear the INVITE's branch (RFC 3261 sections 9.1 and 17.1.1.3); BYE and the ACK
// to a 200 their own.
std::string Runner::request(const std::string& from, Line& line, const std::string& method,
                            const std::string& extra) const {
  const bool own_branch = method == "BYE" || (method == "ACK" && line.answered);
  const auto branch = own_branch ? "z9hG4bK-" + std::to_string(++line.branch) : line.invite_branch;
  const bool tagged = !line.to_tag.empty() && method != "CANCEL";
  const std::string body = method == "INVITE" ? kOffer : "";
  return method + " " + line.target + " SIP/2.0\r\nVia: SIP/2.0/UDP " + from + ":5060;branch=" + branch +
         "\r\nFrom: <sip:phone@phones.example>;tag=phone\r\nTo: <" + line.target + ">" +
         (tagged ? ";tag=" + line.to_tag : "") + "\r\nCall-ID: flow@" + from +
         "\r\nCSeq: " + std::to_string(line.cseq) + " " + method +
         "\r\nMax-Forwards: 70\r\nContact: <sip:phone@" + from + ":5060>\r\n" + extra +
         (body.empty() ? "" : "Content-Type: application/sdp\r\n") +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string Runner::authorization(const std::string& item, const Line& line) {
  const auto name = word_after(item, "authorization=");
  if (name.empty()) return {};
  const auto parsed = sip::parse_datagram(nonces_[name]);
  const auto challenge = sip::choose_challenge(parsed.message, sip::Header::proxy_authenticate);
  if (!challenge) return {};
  const bool right = word_after(item, "password=") == "right";
  const sip::Login login{.username = sim::kUser, .password = right ? sim::kPassword : "a guess"};
  return "Proxy-Authorization: " +
         sip::answer_challenge(
             *challenge, login,
             {.method = "INVITE", .uri = line.target, .nc = 1, .cnonce = "abc" + std::to_string(line.cseq)}) +
         "\r\n";
}

void Runner::expect(const Step& step, const std::string& fact) {
  if (holds(fact)) return;
  std::string what = std::to_string(step.line) + ": not so: " + fact + "; the server sent:";
  for (const auto& bytes : seen_) what += " [" + bytes.substr(0, bytes.find("\r\n")) + "]";
  failures_.push_back(std::move(what));
}

bool Runner::holds(const std::string& fact) {
  std::istringstream words(fact);
  std::string word;
  words >> word;
  if (word == "idle") return idle();
  if (word == "admission") return admission_holds(words);
  if (word == "webhook") return webhook_holds(words, true);
  const auto sent = [this](const std::string& start) {
    return std::any_of(seen_.begin(), seen_.end(),
                       [&](const std::string& bytes) { return bytes.starts_with(start); });
  };
  if (word == "no") {
    words >> word;
    return word == "webhook" ? webhook_holds(words, false) : !sent(word + " ");
  }
  if (std::isdigit(static_cast<unsigned char>(word.front())) != 0) return status_holds(words, word);
  return sent(word + " ");
}

bool Runner::status_holds(std::istringstream& words, const std::string& status) {
  const auto it = std::find_if(seen_.begin(), seen_.end(), [&](const std::string& bytes) {
    return bytes.starts_with("SIP/2.0 " + status);
  });
  if (it == seen_.end()) return false;
  for (std::string word; words >> word;) {
    if (word.starts_with("nonce=")) nonces_[word.substr(6)] = *it;
    if (word == "stale=no" && it->find("stale=false") == std::string::npos) return false;
    if (word == "stale=yes" && it->find("stale=true") == std::string::npos) return false;
  }
  return true;
}

bool Runner::webhook_holds(std::istringstream& words, bool wanted) const {
  std::string type, key, cause;
  words >> type >> key >> cause;
  int seen = 0;
  for (const auto& [id, told] : server_.webhooks().calls()) {
    for (const auto& [name, times] : told.by_type) {
      const bool same_cause = cause.empty() || server_.records().calls.at(id).cause == cause;
      if ((type.empty() || name == type) && same_cause) seen += times;
    }
  }
  return wanted ? seen == 1 : seen == 0;
}

bool Runner::admission_holds(std::istringstream& words) const {
  std::string word;
  words >> word;
  const auto& rows = server_.admissions();
  if (word == "none") return rows.empty();
  if (rows.empty()) return false;
  if (word == "admitted") return rows.back().reason == "admitted";
  words >> word;
  return std::to_string(rows.back().step) == word;
}

bool Runner::idle() const {
  const auto& pump = server_.pump();
  return pump.agent().transactions() == 0 && pump.agent().sessions() == 0 && pump.calls() == 0 &&
         server_.media().open_ports() == 0 && server_.registered() == 0;
}

}  // namespace portico::calls
