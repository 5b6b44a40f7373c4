#include "calls/runner.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "admission/decide.h"
#include "base/counters.h"
#include "sip/digest/answer.h"
#include "sip/message/headers.h"
#include "sip/message/parse.h"

namespace portico::calls {
namespace {

sim::ServerSettings settings_of(const Flow& flow) {
  sim::ServerSettings settings;
  settings.troubles.webhook_delay = Millis(0);
  settings.troubles.webhook_delay_least = flow.backend;
  settings.region = flow.region;
  settings.password = flow.password;
  settings.invite_rate = flow.rate;
  if (flow.calls != 0) settings.calls_max = flow.calls;
  settings.limits.concurrent_calls = flow.account_calls;
  settings.no_memory = flow.no_memory;
  settings.require_tls = flow.require_tls;
  settings.hide_applications = flow.hide;
  if (const auto cidr = parse_cidr(flow.allow)) settings.allowed_sources.push_back(*cidr);
  return settings;
}

constexpr std::string_view kPortico = "portico";
constexpr std::string_view kMedia = "media";

std::uint64_t decided(const std::string& reason) {
  return counter("portico_admissions_total", "Decisions on INVITEs", {{"reason", reason}}).value();
}

Endpoint endpoint_of(const std::string& address) {
  const auto ip = parse_ip(address);
  return {.ip = ip ? *ip : IpAddress(), .port = 5060};
}

}  // namespace

Runner::Runner(const Flow& flow) : flow_(flow) {
  if (flow.caller) {
    caller_ = std::make_unique<Caller>(loop_, network_, sim::Server::address());
  } else {
    server_ = std::make_unique<sim::Server>(loop_, network_, settings_of(flow), 1);
    server_->webhooks().documents = {flow.document};
  }
  for (std::size_t i = 0; i < admission::kReasons; ++i) {
    const auto reason = std::string(admission::reason_code(static_cast<admission::Reason>(i)));
    decided_before_[reason] = decided(reason);
  }
  // Of a connection whole messages, not the pieces that they come in.
  network_.watch_delivered([this](const sim::Datagram& message) {
    const bool to_a_line = message.connection != 0 && message.to != sim::Server::address();
    if (to_a_line) receive(message.to.ip.to_string(), message.bytes);
  });
  for (const auto& address : flow.listens) attach(address);
  for (const auto& step : flow.steps) {
    if (!step.from.empty() && step.from != kPortico && step.from != kMedia) attach(step.from);
  }
}

void Runner::attach(const std::string& address) {
  if (!lines_.emplace(address, Line(address)).second) return;
  network_.attach(endpoint_of(address), [this, address](const sim::Datagram& datagram) {
    if (datagram.connection == 0) receive(address, datagram.bytes);
  });
}

void Runner::receive(const std::string& address, const std::string& bytes) {
  seen_.push_back({.at = address, .bytes = bytes});
  lines_.at(address).on_datagram(bytes);
}

std::vector<std::string> Runner::run() {
  const auto start = loop_.now();
  for (const auto& step : flow_.steps) {
    loop_.run_until(start + step.at);
    if (step.from.empty()) {
      look(step);
      continue;
    }
    seen_.clear();
    for (std::size_t i = 0; i < step.items.size(); ++i) {
      if (step.from == kMedia)
        server_->media().fall_silent();
      else if (step.from == kPortico && caller_)
        caller_->act(step.items[i]);
      else
        send(step, step.items[i], i + 1 == step.items.size());
    }
  }
  return std::move(failures_);
}

void Runner::look(const Step& step) {
  if (caller_) told_ = caller_->take_told();
  for (const auto& fact : step.items) expect(step, fact);
  seen_.clear();
}

void Runner::send(const Step& step, const std::string& item, bool last) {
  auto wish = read_wish(item);
  if (last) wish.headers = step.headers;
  const auto as = wish.word("as");
  auto& line = lines_.at(as.empty() ? step.from : as);
  const auto uri = uri_of(wish);
  auto bytes = line.write(wish, uri, authorization(wish, uri, line.next_cseq()));
  if (const auto cut = wish.word("cut"); !cut.empty()) bytes.resize(bytes.size() - std::stoul(cut));
  auto from = endpoint_of(step.from);
  if (const auto port = wish.word("port"); !port.empty()) {
    from.port = static_cast<std::uint16_t>(std::stoul(port));
  }
  network_.send({.from = from,
                 .to = sim::Server::address(),
                 .bytes = std::move(bytes),
                 .connection = wish.word("over") == "tls" ? 1U : 0U});
}

std::string Runner::uri_of(const Wish& wish) {
  const auto scheme = wish.word("scheme");
  return (scheme.empty() ? "sip" : scheme) + ":" + (wish.target == "A" ? sim::kUser : wish.target) + "@" +
         sim::kDomain;
}

std::string Runner::authorization(const Wish& wish, const std::string& uri, int cseq) {
  const auto name = wish.word("authorization");
  if (name.empty()) return {};
  const auto parsed = sip::parse_datagram(nonces_[name]);
  const auto challenge = sip::choose_challenge(parsed.message, sip::Header::proxy_authenticate);
  if (!challenge) return {};
  const bool right = wish.word("password") == "right";
  const sip::Login login{.username = sim::kUser, .password = right ? sim::kPassword : "a guess"};
  return "Proxy-Authorization: " +
         sip::answer_challenge(
             *challenge, login,
             {.method = "INVITE", .uri = uri, .nc = 1, .cnonce = "abc" + std::to_string(cseq)}) +
         "\r\n";
}

void Runner::expect(const Step& step, const std::string& fact) {
  if (holds(fact)) return;
  std::string what = std::to_string(step.line) + ": not so: " + fact + "; Portico sent:";
  for (const auto& seen : seen_) what += " [" + seen.bytes.substr(0, seen.bytes.find("\r\n")) + "]";
  for (const auto& told : told_) what += " (" + told + ")";
  failures_.push_back(std::move(what));
}

bool Runner::holds(const std::string& fact) {
  std::istringstream words(fact);
  std::string word;
  words >> word;
  if (word == "idle") return idle();
  if (word == "told") return was_told(fact.substr(5));
  if (fact.starts_with("not told ")) return !was_told(fact.substr(9));
  if (word == "admission") return admission_holds(words);
  if (word == "counted") return counted(words);
  if (word == "sound") return fact == "sound to " + server_->media().last_remote().to_string();
  if (word == "webhook") return webhook_holds(words, true);
  if (word != "no") return message_holds(read_message_fact(fact));
  words >> word;
  return word == "webhook" ? webhook_holds(words, false) : !message_holds(read_message_fact(fact.substr(3)));
}

bool Runner::was_told(const std::string& event) const {
  return std::find(told_.begin(), told_.end(), event) != told_.end();
}

Runner::MessageFact Runner::read_message_fact(const std::string& fact) {
  MessageFact out;
  auto rest = fact;
  for (const auto* key : {" has ", " lacks "}) {
    const auto at = rest.find(key);
    if (at == std::string::npos) continue;
    (std::string_view(key) == " has " ? out.has : out.lacks) = rest.substr(at + std::string_view(key).size());
    rest = rest.substr(0, at);
  }
  std::istringstream words(rest);
  words >> out.what;
  for (std::string word; words >> word;) {
    if (word == "to") {
      words >> out.method;
    } else if (word == "at") {
      words >> out.at;
    } else if (word == "times") {
      words >> out.times;
    } else if (word.starts_with("nonce=")) {
      out.nonce = word.substr(6);
    } else if (word == "stale=no") {
      out.stale = "stale=false";
    } else if (word == "stale=yes") {
      out.stale = "stale=true";
    } else {
      failures_.push_back("no such word: " + word + " in: " + fact);
    }
  }
  return out;
}

bool Runner::message_holds(const MessageFact& fact) {
  const bool status = std::isdigit(static_cast<unsigned char>(fact.what.front())) != 0;
  const auto start = (status ? "SIP/2.0 " : "") + fact.what + " ";
  int found = 0;
  for (const auto& [at, bytes] : seen_) {
    if (!bytes.starts_with(start) || (!fact.at.empty() && at != fact.at)) continue;
    if (!fact.method.empty() && bytes.find(" " + fact.method + "\r\n") == std::string::npos) continue;
    if (bytes.find(fact.has) == std::string::npos || bytes.find(fact.stale) == std::string::npos) continue;
    if (!fact.lacks.empty() && bytes.find(fact.lacks) != std::string::npos) continue;
    ++found;
    if (!fact.nonce.empty()) nonces_[fact.nonce] = bytes;
  }
  return fact.times == 0 ? found > 0 : found == fact.times;
}

bool Runner::webhook_holds(std::istringstream& words, bool wanted) const {
  if (!server_) return !wanted;
  std::string type, key, cause;
  words >> type >> key >> cause;
  int seen = 0;
  for (const auto& [id, told] : server_->webhooks().calls()) {
    for (const auto& [name, times] : told.by_type) {
      const bool same_cause = cause.empty() || server_->records().calls.at(id).cause == cause;
      if ((type.empty() || name == type) && same_cause) seen += times;
    }
  }
  return wanted ? seen == 1 : seen == 0;
}

bool Runner::admission_holds(std::istringstream& words) const {
  std::string word;
  words >> word;
  if (!server_) return false;
  const auto& rows = server_->admissions();
  if (word == "none") return rows.empty();
  if (rows.empty()) return false;
  if (word == "admitted") return rows.back().reason == "admitted";
  words >> word;
  return std::to_string(rows.back().step) == word;
}

bool Runner::counted(std::istringstream& words) const {
  std::string reason;
  std::uint64_t times = 0;
  words >> reason >> times;
  const auto before = decided_before_.find(reason);
  return before != decided_before_.end() && decided(reason) == before->second + times;
}

bool Runner::idle() const {
  if (caller_) return caller_->idle();
  const auto& pump = server_->pump();
  return pump.agent().transactions() == 0 && pump.agent().sessions() == 0 && pump.calls() == 0 &&
         server_->media().open_ports() == 0 && server_->registered() == 0 && server_->held_flows() == 0;
}

}  // namespace portico::calls
