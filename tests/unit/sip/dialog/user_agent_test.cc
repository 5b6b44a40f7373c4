// Whole calls: RFC 3665 flows, and two agents with a bad network between them.
#include "sip/dialog/user_agent.h"

#include <deque>
#include <map>
#include <set>

#include "base/limits.h"
#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::Not;

// RFC 3665 section 3.1 and 3.2 with the challenge of 3.3: as the called side.
TEST(UserAgent, AnswersAnAuthenticatedCallAndLeavesNothingBehind) {
  testing::Inbound call;
  auto out = call.ua.feed(0s, call.alice.invite());
  const auto challenge = call.ua.agent.reply(*out.told<NewRequest>(), {.status = 407}).bytes;
  Caller stranger = call.alice;
  stranger.learn(challenge);
  EXPECT_THAT(call.ua.feed(1ms, stranger.same_branch("ACK")), SendsNothing());
  ++call.alice.cseq;
  call.invite("Proxy-Authorization: Digest x\n", "offer", 2ms);
  EXPECT_THAT(call.ring(3ms), Sends("SIP/2.0 180"));
  EXPECT_THAT(call.answer(4ms), Sends("SIP/2.0 200"));
  EXPECT_THAT(call.ua.feed(5ms, call.alice.ack()), Tells<Acked>());
  EXPECT_THAT(call.ua.feed(1s, call.alice.next("BYE")), Tells<Terminated>());
  EXPECT_EQ(call.ua.agent.sessions(), 0U);
  call.ua.at(33s);
  EXPECT_TRUE(call.ua.idle());
}

// RFC 3665 section 3.8 (no answer), 3.9 (busy).
TEST(UserAgent, CallsWithoutSuccessLeaveNothingBehind) {
  testing::Outbound no_answer;
  no_answer.invite();
  no_answer.respond(10ms, 180);
  const auto cancel = no_answer.cancel(20s).sent("CANCEL");
  no_answer.ua.feed(20s, response_to(cancel, 200));
  no_answer.respond(20s, 487);
  no_answer.ua.at(60s);
  EXPECT_TRUE(no_answer.ua.idle());
  testing::Outbound busy;
  busy.invite();
  busy.respond(10ms, 486);
  busy.ua.at(33s);
  EXPECT_TRUE(busy.ua.idle());
}

TEST(UserAgent, AStreamNeedsNoRetransmissionsAndEndsSooner) {
  testing::Inbound call({}, tcp_flow());
  call.establish();
  call.ua.feed(1s, call.alice.next("BYE"));
  EXPECT_EQ(call.ua.agent.transactions(), 1U) << "the accepted INVITE, until timer L";
  call.ua.at(32s);
  EXPECT_TRUE(call.ua.idle());
}

TEST(UserAgent, TellsOfAFullTableBeforeAnythingIsSent) {
  Ua ua;
  Caller alice;
  auto out = ua.feed(0s, alice.invite());
  SessionSnapshot filler;
  filler.dialog.local_tag = "t";
  filler.dialog.remote_target = "sip:x@198.51.100.1";
  for (std::size_t i = 0; i < 40'000; ++i) {
    filler.dialog.call_id = std::to_string(i);
    ASSERT_TRUE(ua.agent.restore(kStart, filler));
  }
  out.add(ua.act(
      0s, [&](TimePoint now, Actions&) { return ua.agent.accept_invite(now, *out.told<NewRequest>()); }));
  EXPECT_EQ(ua.last_error.code, Code::busy);
  EXPECT_THAT(out, SendsNothing());
}

TEST(UserAgent, TakesNoMoreInvitesThanMayWaitForAnAnswer) {
  Ua ua;
  Caller alice;
  const auto accept = [&](std::size_t n) {
    alice.call_id = std::to_string(n);
    auto out = ua.feed(0s, alice.invite());
    out.add(ua.act(
        0s, [&](TimePoint now, Actions&) { return ua.agent.accept_invite(now, *out.told<NewRequest>()); }));
    return out;
  };
  for (std::size_t n = 0; n < limits::kSipPendingInvitesMax; ++n) accept(n);
  EXPECT_EQ(ua.agent.sessions(), limits::kSipPendingInvitesMax);
  EXPECT_THAT(accept(limits::kSipPendingInvitesMax), SendsNothing());
  EXPECT_EQ(ua.last_error.code, Code::busy);
  EXPECT_EQ(ua.agent.sessions(), limits::kSipPendingInvitesMax);
}

TEST(UserAgent, UsesTheFlowThatItsOwnerResolved) {
  testing::Inbound call;
  call.alice.contact = "<sip:alice@pbx.example.com>";
  call.establish();
  Flow resolved = call.ua.flow;
  resolved.remote = *parse_endpoint("198.51.100.77:5099");
  ASSERT_TRUE(call.ua.agent.set_hops(call.id, {resolved}));
  EXPECT_EQ(call.bye(1s).sends.back().second.flow.remote, resolved.remote);
}

TEST(UserAgent, RefusesToAcceptARepetitionThatCameInBetween) {
  Ua ua;
  Caller alice;
  const auto invite = alice.invite();
  const auto first = ua.feed(0s, invite);
  const auto again = ua.feed(500ms, invite);
  const auto accept = [&](const Out& o) {
    return ua.act(
        600ms, [&](TimePoint now, Actions&) { return ua.agent.accept_invite(now, *o.told<NewRequest>()); });
  };
  accept(first);
  EXPECT_TRUE(ua.last_ok);
  EXPECT_THAT(accept(again), SendsNothing());
  EXPECT_EQ(ua.last_error.code, Code::conflict);
  EXPECT_EQ(ua.agent.sessions(), 1U);
}

// Two agents, a network that loses, repeats and reorders by a seed, and owners that do what calls do.
class BadNetwork {
 public:
  explicit BadNetwork(std::uint64_t seed) : random_(seed), a_(seed + 1), b_(seed + 2) {}

  void run(int calls) {
    for (int i = 0; i < calls; ++i) {
      start_call();
      run_until(now_ + Millis(random_below(random_, 3000)));
    }
    run_until(now_ + 400s);
    for (auto* side : {&a_, &b_}) {
      for (const auto id : side->live) side->doomed.insert(id);
    }
    hang_up_everything();
    run_until(now_ + 200s);
  }
  void expect_nothing_left() {
    for (auto* side : {&a_, &b_}) {
      EXPECT_EQ(side->agent.sessions(), 0U);
      EXPECT_EQ(side->agent.transactions(), 0U);
      EXPECT_EQ(side->agent.next_deadline(), kNever);
      EXPECT_TRUE(side->live.empty());
    }
    EXPECT_GT(answered_, 0);
  }

 private:
  struct Side {
    SeededRandomness random;
    UserAgent agent;
    std::set<SessionId> live;
    std::set<SessionId> ended;
    std::set<SessionId> doomed;
    explicit Side(std::uint64_t seed) : random(seed), agent({}, random) {}
  };
  struct Packet {
    Side* to;
    std::string bytes;
  };

  Flow flow_to(const Side* side) const {
    Flow flow = udp_flow();
    const auto near = *parse_endpoint("192.0.2.1:5060");
    const auto far = *parse_endpoint("192.0.2.2:5060");
    flow.local = side == &a_ ? near : far;
    flow.remote = side == &a_ ? far : near;
    return flow;
  }
  std::uint32_t chance(std::uint32_t of) { return random_below(random_, of); }

  void start_call() {
    Actions out;
    auto id = a_.agent.invite(now_,
                              {.target = "sip:b@192.0.2.2",
                               .from = "<sip:a@192.0.2.1>",
                               .to = "<sip:b@192.0.2.2>",
                               .sdp = chance(5) == 0 ? "" : "offer",
                               .flow = flow_to(&a_)},
                              out);
    ASSERT_TRUE(id);
    a_.live.insert(*id);
    carry_out(a_, out);
  }
  void carry_out(Side& side, Actions& out) {
    Side& other = &side == &a_ ? b_ : a_;
    for (auto& send : out.sends) {
      if (chance(100) < 20) continue;
      const int copies = chance(100) < 10 ? 2 : 1;
      for (int i = 0; i < copies; ++i) {
        wire_.emplace(now_ + Millis(1 + chance(chance(10) == 0 ? 700 : 40)), Packet{&other, send.bytes});
      }
    }
    auto events = std::move(out.events);
    out = {};
    for (auto& event : events) std::visit([&](auto& e) { on(side, e); }, event);
  }
  template <typename Input>
  void act(Side& side, Input&& input) {
    Actions out;
    (void)input(out);
    carry_out(side, out);
  }

  void on(Side& side, NewRequest& r) {
    if (r.request.method() != Method::invite) return;
    Actions out;
    const auto id = side.agent.accept_invite(now_, r);
    if (id) {
      side.live.insert(*id);
      if (chance(2) == 0) (void)side.agent.ring(now_, *id, {.status = 180, .reliable = chance(2) == 0}, out);
      later_[now_ + Millis(chance(4000))].push_back({&side, *id});
    }
    carry_out(side, out);
  }
  void on(Side& side, Terminated& t) {
    EXPECT_EQ(side.live.erase(t.session), 1U) << "ended once";
    EXPECT_TRUE(side.ended.insert(t.session).second);
  }
  void on(Side& side, Answered& e) {
    ++answered_;
    if (e.needs_answer) {
      act(side, [&](Actions& out) { return side.agent.answer_offer(now_, e.session, "late answer", out); });
    }
    later_[now_ + Millis(chance(20000))].push_back({&side, e.session});
  }
  void on(Side& side, Offer& e) {
    act(side, [&](Actions& out) { return side.agent.answer_offer(now_, e.session, "again", out); });
  }
  void on(Side& side, AckTimeout& e) {
    act(side, [&](Actions& out) { return side.agent.bye(now_, e.session, "", out); });
  }
  void on(Side& side, SessionExpired& e) {
    act(side, [&](Actions& out) { return side.agent.bye(now_, e.session, "", out); });
  }
  void on(Side& side, Acked& e) { later_[now_ + Millis(chance(20000))].push_back({&side, e.session}); }
  template <typename Other>
  void on(Side& side, Other& e) {
    if constexpr (requires { e.session; })
      EXPECT_FALSE(side.ended.contains(e.session)) << "an event after the end";
  }

  // Something a call does, chosen by chance; inputs that do not fit are refused by the agent.
  void whim(Side& side, SessionId id) {
    UserAgent& agent = side.agent;
    act(side, [&](Actions& out) -> Result<void> {
      switch (chance(7)) {
        case 0:
          return agent.reject(now_, id, {.status = 486}, out);
        case 1:
          return agent.bye(now_, id, "", out);
        case 2:
          return agent.reinvite(now_, id, "more", out);
        case 3:
          return agent.update(now_, id, "more", out);
        case 4:
          return agent.cancel(now_, id, "", out);
        default:
          return agent.answer(now_, id, "answer", out);
      }
    });
    if (side.live.contains(id)) later_[now_ + Millis(1 + chance(9000))].push_back({&side, id});
  }
  void hang_up_everything() {
    for (auto* side : {&a_, &b_}) {
      const auto doomed = side->doomed;
      for (const auto id : doomed)
        act(*side, [&](Actions& out) { return side->agent.bye(now_, id, "", out); });
    }
    later_.clear();
  }

  void run_until(TimePoint end) {
    for (;;) {
      TimePoint next = std::min({a_.agent.next_deadline(), b_.agent.next_deadline(), end});
      if (!wire_.empty()) next = std::min(next, wire_.begin()->first);
      if (!later_.empty()) next = std::min(next, later_.begin()->first);
      now_ = std::max(now_, next);
      if (now_ >= end) return;
      step();
    }
  }
  void step() {
    while (!wire_.empty() && wire_.begin()->first <= now_) {
      const Packet packet = wire_.begin()->second;
      wire_.erase(wire_.begin());
      Actions out;
      packet.to->agent.on_message(now_, flow_to(packet.to), parsed(packet.bytes), out);
      carry_out(*packet.to, out);
    }
    while (!later_.empty() && later_.begin()->first <= now_) {
      const auto whims = later_.begin()->second;
      later_.erase(later_.begin());
      for (const auto& [side, id] : whims) whim(*side, id);
    }
    for (auto* side : {&a_, &b_}) {
      if (side->agent.next_deadline() > now_) continue;
      Actions out;
      side->agent.on_time(now_, out);
      EXPECT_GT(side->agent.next_deadline(), now_);
      carry_out(*side, out);
    }
  }

  SeededRandomness random_;
  Side a_;
  Side b_;
  TimePoint now_ = kStart;
  std::multimap<TimePoint, Packet> wire_;
  std::map<TimePoint, std::vector<std::pair<Side*, SessionId>>> later_;
  int answered_ = 0;
};

class OverABadNetwork : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(OverABadNetwork, EachSessionEndsOnceAndNothingIsLeft) {
  BadNetwork network(GetParam());
  network.run(40);
  network.expect_nothing_left();
}

INSTANTIATE_TEST_SUITE_P(Seeds, OverABadNetwork, ::testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace portico::sip
