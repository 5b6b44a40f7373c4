#pragma once
// Bytes in, bytes out, on injected time: what the tests of transaction/ and dialog/ share.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sip/dialog/user_agent.h"
#include "sip/message/headers.h"
#include "sip/message/parse.h"

namespace portico::sip::testing {

inline constexpr TimePoint kStart{};

// Lines as a reader writes them: LF becomes CRLF, Content-Length is put in, headers and body are split by an
// empty line.
inline std::string wire(std::string_view lines) {
  std::string head;
  std::string body;
  const auto split = lines.find("\n\n");
  for (const char c : lines.substr(0, split)) head += c == '\n' ? std::string("\r\n") : std::string(1, c);
  if (split != std::string_view::npos) body = lines.substr(split + 2);
  while (head.ends_with("\r\n")) head.resize(head.size() - 2);
  return head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline Message parsed(std::string bytes) {
  auto result = parse_datagram(std::move(bytes));
  EXPECT_TRUE(result.ok()) << (result.fault ? result.fault->what : "");
  return std::move(result.message);
}

inline Flow udp_flow() {
  return {.transport = Transport::udp,
          .socket = 1,
          .local = *parse_endpoint("192.0.2.1:5060"),
          .remote = *parse_endpoint("198.51.100.7:5060")};
}
inline Flow tcp_flow() {
  return {.transport = Transport::tcp,
          .socket = 2,
          .connection = 9,
          .local = *parse_endpoint("192.0.2.1:5060"),
          .remote = *parse_endpoint("198.51.100.7:40000")};
}

// What came of one or more inputs, with the time of each message.
struct Out {
  std::vector<std::pair<Duration, Send>> sends;
  std::vector<UserAgentEvent> events;

  std::vector<std::string> sent() const {
    std::vector<std::string> all;
    for (const auto& [at, send] : sends) all.push_back(send.bytes);
    return all;
  }
  // The first one that starts like this; "" when there is none.
  std::string sent(std::string_view start) const {
    for (const auto& [at, send] : sends) {
      if (send.bytes.starts_with(start)) return send.bytes;
    }
    return {};
  }
  std::vector<Millis> times(std::string_view start) const {
    std::vector<Millis> all;
    for (const auto& [at, send] : sends) {
      if (send.bytes.starts_with(start)) all.push_back(std::chrono::duration_cast<Millis>(at));
    }
    return all;
  }
  template <typename Event>
  const Event* told() const {
    for (const auto& event : events) {
      if (const auto* e = std::get_if<Event>(&event)) return e;
    }
    return nullptr;
  }
  template <typename Event>
  std::size_t count() const {
    std::size_t n = 0;
    for (const auto& event : events) n += std::holds_alternative<Event>(event) ? 1U : 0U;
    return n;
  }
  void add(const Out& other) {
    sends.insert(sends.end(), other.sends.begin(), other.sends.end());
    events.insert(events.end(), other.events.begin(), other.events.end());
  }
};

inline std::string header(std::string_view bytes, std::string_view name) {
  const auto result = parse_datagram(std::string(bytes));
  return std::string(result.message.value(name));
}
inline std::string body(std::string_view bytes) {
  const auto at = bytes.find("\r\n\r\n");
  return at == std::string_view::npos ? std::string() : std::string(bytes.substr(at + 4));
}

MATCHER_P(Sends, start, "sends " + std::string(start)) { return !arg.sent(start).empty(); }
MATCHER_P2(SendsTimes, start, n, "sends " + std::string(start) + " " + std::to_string(n) + " times") {
  return arg.times(start).size() == static_cast<std::size_t>(n);
}
MATCHER(SendsNothing, "") { return arg.sends.empty(); }
template <typename Event>
class TellsMatcher {
 public:
  using is_gtest_matcher = void;
  bool MatchAndExplain(const Out& out, std::ostream*) const { return out.told<Event>() != nullptr; }
  void DescribeTo(std::ostream* os) const { *os << "tells the event"; }
  void DescribeNegationTo(std::ostream* os) const { *os << "does not tell the event"; }
};
template <typename Event>
::testing::Matcher<const Out&> Tells() {
  return TellsMatcher<Event>();
}

struct ResponseOptions {
  std::string to_tag = "peer";
  std::string headers;  // lines, each with its LF
  std::string sdp;
};
// An answer to a request that the agent sent.
inline std::string response_to(std::string_view request, int status, const ResponseOptions& o = {}) {
  const auto p = parse_datagram(std::string(request));
  const Message& m = p.message;
  std::string text = "SIP/2.0 " + std::to_string(status) + " Because\n";
  text += "Via: " + std::string(m.value("Via")) + "\n";
  text += "From: " + std::string(m.value("From")) + "\n";
  text += "To: " + std::string(m.value("To"));
  if (m.value("To").find(";tag=") == std::string_view::npos && status != 100) text += ";tag=" + o.to_tag;
  text += "\nCall-ID: " + std::string(m.value("Call-ID")) + "\nCSeq: " + std::string(m.value("CSeq")) + "\n";
  if (o.headers.find("Contact:") == std::string::npos) text += "Contact: <sip:bob@198.51.100.7>\n";
  text += o.headers;
  if (!o.sdp.empty()) text += "Content-Type: application/sdp\n";
  return wire(text + "\n" + o.sdp);
}

// The agent under test with its clock.
class Ua {
 public:
  explicit Ua(UserAgentProfile profile = {}, Flow on = udp_flow())
      : agent(std::move(profile), random_), flow(on) {}

  Out feed(Duration at, std::string bytes) { return feed_from(at, flow, std::move(bytes)); }
  Out feed_from(Duration at, const Flow& from, std::string bytes) {
    Out out = this->at(at);
    auto result = parse_datagram(std::move(bytes));
    EXPECT_TRUE(result.ok()) << (result.fault ? result.fault->what : "");
    Actions actions;
    agent.on_message(kStart + at, from, std::move(result.message), actions);
    take(at, actions, out);
    return out;
  }
  // Lets time pass, waking the agent exactly when it asks.
  Out at(Duration until) {
    Out out;
    while (agent.next_deadline() <= kStart + until) {
      const auto now = agent.next_deadline();
      Actions actions;
      agent.on_time(now, actions);
      take(now - kStart, actions, out);
    }
    now_ = until;
    return out;
  }
  // An input of the owner: ua.act(1s, [&](TimePoint now, Actions& out) { return ua.agent.bye(now, id, "",
  // out); }).
  template <typename Input>
  Out act(Duration at, Input&& input) {
    Out out = this->at(at);
    Actions actions;
    const auto result = input(kStart + at, actions);
    last_ok = static_cast<bool>(result);
    if (!result) last_error = result.error();
    take(at, actions, out);
    return out;
  }
  bool idle() const {
    return agent.sessions() == 0 && agent.transactions() == 0 && agent.next_deadline() == kNever;
  }

 private:
  static void take(Duration at, Actions& actions, Out& out) {
    for (auto& send : actions.sends) out.sends.emplace_back(at, std::move(send));
    for (auto& event : actions.events) out.events.push_back(std::move(event));
  }
  SeededRandomness random_{42};
  Duration now_{};

 public:
  UserAgent agent;
  Flow flow;
  bool last_ok = false;
  Error last_error;
};

// The other side of a dialog that the agent answers.
struct Caller {
  std::string call_id = "call-1@198.51.100.7";
  std::string tag = "alice";
  std::string to_tag;
  int cseq = 1;
  int branch = 0;
  std::string via = "SIP/2.0/UDP 198.51.100.7:5060";
  std::string target = "sip:app@192.0.2.1";
  std::string contact = "<sip:alice@198.51.100.7>";

  std::string next_branch() { return "z9hG4bK-a" + std::to_string(++branch); }
  std::string request(std::string_view method, int number, std::string_view with_branch,
                      std::string headers = {}, std::string sdp = {}) const {
    std::string text = std::string(method) + " " + target + " SIP/2.0\n";
    text += "Via: " + via + ";branch=" + std::string(with_branch) + ";rport\n";
    text += "From: \"Alice\" <sip:alice@example.com>;tag=" + tag + "\n";
    text += "To: <" + target + ">" + (to_tag.empty() ? "" : ";tag=" + to_tag) + "\n";
    text += "Call-ID: " + call_id + "\nCSeq: " + std::to_string(number) + " " + std::string(method) + "\n";
    text += "Max-Forwards: 70\n";
    if (headers.find("Contact:") == std::string::npos) text += "Contact: " + contact + "\n";
    text += headers;
    if (!sdp.empty() && headers.find("Content-Type:") == std::string::npos)
      text += "Content-Type: application/sdp\n";
    return wire(text + "\n" + sdp);
  }
  std::string invite(std::string headers = {}, std::string sdp = "offer") {
    return request("INVITE", cseq, next_branch(), std::move(headers), std::move(sdp));
  }
  std::string next(std::string_view method, std::string headers = {}, std::string sdp = {}) {
    return request(method, ++cseq, next_branch(), std::move(headers), std::move(sdp));
  }
  std::string ack(std::string sdp = {}) { return request("ACK", cseq, next_branch(), {}, std::move(sdp)); }
  std::string same_branch(std::string_view method) const {
    return request(method, cseq, "z9hG4bK-a" + std::to_string(branch));
  }
  void learn(const std::string& response) { to_tag = parse_name_addr(header(response, "To"))->tag(); }
};

// An answered INVITE: feeds it, accepts it and answers it at 0 s; the ACK comes at once.
struct Inbound {
  Ua ua;
  Caller alice;
  SessionId id = SessionId::none;

  explicit Inbound(UserAgentProfile profile = {}, Flow flow = udp_flow()) : ua(std::move(profile), flow) {}

  Out invite(std::string headers = {}, std::string sdp = "offer", Duration at = 0s) {
    Out out = ua.feed(at, alice.invite(std::move(headers), std::move(sdp)));
    const auto* request = out.told<NewRequest>();
    if (request == nullptr) return out;
    out.add(ua.act(at, [&](TimePoint now, Actions&) {
      auto accepted = ua.agent.accept_invite(now, *request);
      if (accepted) id = *accepted;
      return accepted;
    }));
    return out;
  }
  Out ring(Duration at, Ring how = {}) {
    return remember(ua.act(at, [&](TimePoint now, Actions& a) { return ua.agent.ring(now, id, how, a); }));
  }
  Out answer(Duration at, std::string sdp = "answer") {
    return remember(ua.act(at, [&](TimePoint now, Actions& a) { return ua.agent.answer(now, id, sdp, a); }));
  }
  Out establish(std::string headers = {}) {
    Out out = invite(std::move(headers));
    out.add(answer(0s));
    out.add(ua.feed(0s, alice.ack()));
    return out;
  }
  Out bye(Duration at, std::string_view reason = "") {
    return ua.act(at, [&](TimePoint now, Actions& a) { return ua.agent.bye(now, id, reason, a); });
  }
  Out remember(Out out) {
    if (!out.sends.empty()) alice.learn(out.sends.back().second.bytes);
    return out;
  }
};

// An INVITE that the agent sends to Bob.
struct Outbound {
  Ua ua;
  SessionId id = SessionId::none;
  std::string sent_invite;

  explicit Outbound(UserAgentProfile profile = {}, Flow flow = udp_flow()) : ua(std::move(profile), flow) {}

  Out invite(Duration at = 0s, std::string sdp = "offer") {
    OutgoingInvite invite{.target = "sip:bob@example.com",
                          .from = "\"Portico\" <sip:app@192.0.2.1>",
                          .to = "<sip:bob@example.com>",
                          .contact_user = "app",
                          .sdp = std::move(sdp),
                          .flow = ua.flow};
    Out out = ua.act(at, [&](TimePoint now, Actions& a) {
      auto made = ua.agent.invite(now, invite, a);
      if (made) id = *made;
      return made;
    });
    sent_invite = out.sent("INVITE");
    return out;
  }
  Out respond(Duration at, int status, const ResponseOptions& o = {}) {
    return ua.feed(at, response_to(sent_invite, status, o));
  }
  Out establish(std::string headers = "Allow: INVITE, ACK, BYE, UPDATE, CANCEL, PRACK\n") {
    Out out = invite();
    out.add(respond(0s, 200, {.headers = std::move(headers), .sdp = "answer"}));
    return out;
  }
  // Bob's request in the dialog.
  std::string request(std::string_view method, int cseq, std::string headers = {},
                      std::string sdp = {}) const {
    Caller bob;
    bob.call_id = header(sent_invite, "Call-ID");
    bob.tag = "peer";
    bob.to_tag = std::string(parse_name_addr(header(sent_invite, "From"))->tag());
    bob.contact = "<sip:bob@198.51.100.7>";
    return bob.request(method, cseq, "z9hG4bK-b" + std::to_string(cseq) + std::string(method),
                       std::move(headers), std::move(sdp));
  }
  template <typename Input>
  Out act(Duration at, Input&& input) {
    return ua.act(at, std::forward<Input>(input));
  }
  Out cancel(Duration at, std::string_view reason = "") {
    return ua.act(at, [&](TimePoint now, Actions& a) { return ua.agent.cancel(now, id, reason, a); });
  }
  Out bye(Duration at, std::string_view reason = "") {
    return ua.act(at, [&](TimePoint now, Actions& a) { return ua.agent.bye(now, id, reason, a); });
  }
};

}  // namespace portico::sip::testing
