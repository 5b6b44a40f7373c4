// Requests of ours in a dialog, sent to the next address when one fails: RFC 3263 section 4.3.
#include "sip/dialog/failover.h"

#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::Not;

Flow hop(const char* address) {
  auto flow = udp_flow();
  flow.remote = *parse_endpoint(address);
  return flow;
}

struct Failover : ::testing::Test, testing::Inbound {
  const Flow first = hop("198.51.100.21:5060");
  const Flow second = hop("198.51.100.22:5062");
  const Flow third = hop("198.51.100.23:5060");

  void establish_to(std::vector<Flow> hops) {
    alice.contact = "<sip:alice@pbx.example.com>";
    establish("Allow: INVITE, ACK, BYE, UPDATE\n");
    ASSERT_TRUE(ua.agent.set_hops(id, std::move(hops)));
  }
  Out reinvite(Duration at) {
    return ua.act(at, [&](TimePoint now, Actions& a) { return ua.agent.reinvite(now, id, "offer 2", a); });
  }
  Out update(Duration at) {
    return ua.act(at, [&](TimePoint now, Actions& a) { return ua.agent.update(now, id, "offer 2", a); });
  }
};

std::vector<std::string> targets(const Out& out, std::string_view start) {
  std::vector<std::string> all;
  for (const auto& [at, send] : out.sends) {
    const auto to = send.flow.remote.to_string();
    if (send.bytes.starts_with(start) && (all.empty() || all.back() != to)) all.push_back(to);
  }
  return all;
}

std::string branch_of(const std::string& bytes) {
  return std::string(parse_via(header(bytes, "Via"))->branch());
}

TEST_F(Failover, ByeWithoutAnAnswerGoesToTheNextAddress) {
  establish_to({first, second});
  const auto sent = bye(1s, "SIP;cause=200").sent("BYE");
  const auto out = ua.at(34s);
  EXPECT_EQ(targets(out, "BYE").back(), "198.51.100.22:5062");
  const auto again = out.sends.back().second.bytes;
  EXPECT_EQ(header(again, "CSeq"), header(sent, "CSeq")) << "the same request";
  EXPECT_EQ(header(again, "Reason"), "SIP;cause=200");
  EXPECT_NE(branch_of(again), branch_of(sent)) << "a transaction of its own";
  EXPECT_THAT(out, Not(Tells<Terminated>()));
  EXPECT_EQ(ua.feed(34s, response_to(again, 200)).count<Terminated>(), 1U);
  ua.at(80s);
  EXPECT_TRUE(ua.idle());
}

TEST_F(Failover, EachOf503AndABrokenTransportIsAFailureToo) {
  establish_to({first, second, third});
  auto out = ua.feed(1s, response_to(bye(1s).sent("BYE"), 503));
  EXPECT_EQ(targets(out, "BYE"), std::vector<std::string>{"198.51.100.22:5062"});
  Actions actions;
  ua.agent.on_transport_error(kStart + 1s, second, actions);
  ASSERT_EQ(actions.sends.size(), 1U);
  EXPECT_EQ(actions.sends[0].flow.remote, third.remote);
  EXPECT_TRUE(actions.events.empty());
  out = ua.feed(1s, response_to(actions.sends[0].bytes, 503));
  EXPECT_THAT(out, Tells<Terminated>()) << "nothing is left to try";
  EXPECT_THAT(out, SendsNothing());
}

TEST_F(Failover, AnyOtherAnswerIsAnAnswer) {
  for (const int status : {200, 404, 481, 500, 600}) {
    testing::Inbound call;
    call.establish();
    ASSERT_TRUE(call.ua.agent.set_hops(call.id, {first, second}));
    const auto out = call.ua.feed(1s, response_to(call.bye(1s).sent("BYE"), status));
    EXPECT_THAT(out, SendsNothing()) << status;
    EXPECT_THAT(out, Tells<Terminated>()) << status;
  }
}

TEST_F(Failover, APeerThatSaid100IsThere) {
  establish_to({first, second});
  ua.feed(1s, response_to(bye(1s).sent("BYE"), 100));
  const auto out = ua.at(40s);
  EXPECT_EQ(targets(out, "BYE"), std::vector<std::string>{"198.51.100.21:5060"});
  EXPECT_THAT(out, Tells<Terminated>());
}

TEST_F(Failover, AReinviteGoesOnAtTheNextAddressWithItsAck) {
  establish_to({first, second});
  const auto sent = reinvite(1s).sent("INVITE");
  auto out = ua.feed(1s, response_to(sent, 503));
  EXPECT_EQ(targets(out, "ACK"), std::vector<std::string>{"198.51.100.21:5060"}) << "of the refusal";
  const auto again = out.sent("INVITE");
  EXPECT_EQ(targets(out, "INVITE"), std::vector<std::string>{"198.51.100.22:5062"});
  EXPECT_EQ(header(again, "CSeq"), header(sent, "CSeq"));
  EXPECT_EQ(body(again), "offer 2");
  EXPECT_THAT(out, Not(Tells<OfferRefused>()));
  out = ua.feed(
      2s, response_to(again, 200, {.headers = "Contact: <sip:alice@pbx.example.com>\n", .sdp = "answer 2"}));
  EXPECT_EQ(targets(out, "ACK"), std::vector<std::string>{"198.51.100.22:5062"});
  ASSERT_THAT(out, Tells<OfferAnswered>());
  EXPECT_EQ(out.told<OfferAnswered>()->sdp, "answer 2");
  EXPECT_EQ(targets(bye(3s), "BYE"), std::vector<std::string>{"198.51.100.22:5062"}) << "where it answered";
}

TEST_F(Failover, AnUpdateThatNobodyAnswersAnywhereIsRefusedOnce) {
  establish_to({first, second});
  auto out = update(1s);
  out.add(ua.at(100s));
  EXPECT_EQ(targets(out, "UPDATE"), (std::vector<std::string>{"198.51.100.21:5060", "198.51.100.22:5062"}));
  ASSERT_EQ(out.count<OfferRefused>(), 1U);
  EXPECT_EQ(out.told<OfferRefused>()->status, 408);
  EXPECT_TRUE(ua.last_ok);
  EXPECT_THAT(reinvite(101s), Sends("INVITE")) << "the offer is no longer out";
}

// A NAT between two private networks, or a container that names its own address.
TEST_F(Failover, FromAContactThatLeadsNowhereToWhereThePeersRequestsComeFrom) {
  alice.contact = "<sip:alice@198.51.100.99>";
  establish("Allow: INVITE, ACK, BYE, UPDATE\n");
  auto out = update(1s);
  out.add(ua.at(40s));
  EXPECT_EQ(targets(out, "UPDATE"), (std::vector<std::string>{"198.51.100.99:5060", "198.51.100.7:5060"}));
  ua.feed(40s,
          response_to(out.sends.back().second.bytes, 200, {.headers = "Contact: " + alice.contact + "\n"}));
  EXPECT_EQ(targets(update(41s), "UPDATE"), std::vector<std::string>{"198.51.100.7:5060"})
      << "where it answered";
}

TEST_F(Failover, ANewContactIsTriedThoughTheOneBeforeLedNowhere) {
  alice.contact = "<sip:alice@198.51.100.99>";
  establish("Allow: INVITE, ACK, BYE, UPDATE\n");
  update(1s);
  Actions actions;
  ua.agent.on_transport_error(kStart + 1s, hop("198.51.100.99:5060"), actions);
  ASSERT_EQ(actions.sends.size(), 1U);
  EXPECT_EQ(actions.sends[0].flow.remote.to_string(), "198.51.100.7:5060");
  ua.feed(1s, response_to(actions.sends[0].bytes, 200, {.headers = "Contact: <sip:alice@198.51.100.88>\n"}));
  EXPECT_EQ(targets(bye(2s), "BYE"), std::vector<std::string>{"198.51.100.88:5060"});
}

TEST_F(Failover, TwoRequestsThatFailTogetherMoveOnOnce) {
  establish_to({first, second, third});
  const auto send_info = [&](Duration at) {
    return ua.act(at, [&](TimePoint now, Actions& a) {
      return ua.agent.send_request(now, id, {.method = "INFO", .headers = {}, .body = {}}, a);
    });
  };
  send_info(1s);
  send_info(1s);
  Actions actions;
  ua.agent.on_transport_error(kStart + 1s, first, actions);
  ASSERT_EQ(actions.sends.size(), 2U);
  EXPECT_EQ(actions.sends[0].flow.remote, second.remote);
  EXPECT_EQ(actions.sends[1].flow.remote, second.remote);
}

TEST_F(Failover, TheAddressInUseStaysTheFirstAndTheListIsBounded) {
  establish_to({first, second});
  ua.feed(1s, response_to(reinvite(1s).sent("INVITE"), 503));
  ASSERT_TRUE(ua.agent.set_hops(id, {first, second, third}));
  EXPECT_EQ(ua.agent.flow(id)->remote, second.remote);
  Session session{.flow = udp_flow()};
  ASSERT_TRUE(set_hops(session, std::vector<Flow>(64, first)));
  EXPECT_EQ(session.other_hops.size(), kOtherHopsMax);
}

TEST_F(Failover, AnotherConnectionOfThePeerLeavesWhatWasLookedUp) {
  auto connected = first;
  connected.transport = Transport::tcp;
  connected.connection = 7;
  Session session{.flow = connected};
  auto listens = connected;
  listens.connection = 0;
  ASSERT_TRUE(set_hops(session, {listens}));
  EXPECT_FALSE(move_on(session, 0)) << "there it has failed";
  ASSERT_TRUE(set_hops(session, {listens}));
  session.flow.connection = 8;
  session.flow.remote.port = 40'000;
  ASSERT_TRUE(move_on(session, 0));
  EXPECT_EQ(session.flow, listens);
}

// RFC 3261 sections 12.2.1.2 and 12.2.2: what was looked up is of the target before.
TEST_F(Failover, ATargetThatMovesToAnAddressIsFollowed) {
  establish_to({first, second});
  auto out = ua.feed(1s, alice.next("INVITE", "Contact: <sip:alice@198.51.100.99:5066>\n", "offer 2"));
  EXPECT_EQ(out.count<Moved>(), 1U);
  ua.act(1s, [&](TimePoint now, Actions& a) { return ua.agent.answer_offer(now, id, "answer 2", a); });
  ua.feed(1s, alice.ack());
  out = bye(2s);
  out.add(ua.at(100s));
  EXPECT_EQ(targets(out, "BYE"), (std::vector<std::string>{"198.51.100.99:5066", "198.51.100.7:5060"}));
}

TEST_F(Failover, ATargetThatMovesToAnotherNameIsToBeLookedUp) {
  establish_to({first, second});
  auto out = ua.feed(1s, alice.next("UPDATE", "Contact: <sip:alice@standby.example.com>\n"));
  EXPECT_EQ(out.count<Moved>(), 1U);
  EXPECT_EQ(targets(update(2s), "UPDATE"), std::vector<std::string>{"198.51.100.7:5060"}) << "meanwhile";
  ASSERT_TRUE(ua.agent.set_hops(id, {third}));
  EXPECT_EQ(targets(bye(3s), "BYE"), std::vector<std::string>{"198.51.100.23:5060"});
}

TEST_F(Failover, ATargetOfOursMovesByTheAnswerToo) {
  establish_to({first, second});
  const auto sent = update(1s).sent("UPDATE");
  const auto out = ua.feed(
      1s, response_to(sent, 200, {.headers = "Contact: <sip:alice@198.51.100.99>\n", .sdp = "answer 2"}));
  EXPECT_EQ(out.count<Moved>(), 1U);
  EXPECT_EQ(targets(bye(2s), "BYE"), std::vector<std::string>{"198.51.100.99:5060"});
}

TEST_F(Failover, ATargetThatStaysKeepsWhatWasLookedUp) {
  establish_to({first, second});
  EXPECT_THAT(ua.feed(1s, alice.next("UPDATE")), Not(Tells<Moved>()));
  EXPECT_EQ(targets(bye(2s), "BYE"), std::vector<std::string>{"198.51.100.21:5060"});
}

TEST_F(Failover, BehindAProxyTheTargetMayMove) {
  alice.contact = "<sip:alice@pbx.example.com>";
  establish("Record-Route: <sip:proxy.example.com;lr>\nAllow: INVITE, ACK, BYE, UPDATE\n");
  ASSERT_TRUE(ua.agent.set_hops(id, {first, second}));
  EXPECT_THAT(ua.feed(1s, alice.next("UPDATE", "Contact: <sip:alice@198.51.100.99>\n")), Not(Tells<Moved>()));
  const auto out = bye(2s);
  EXPECT_EQ(targets(out, "BYE sip:alice@198.51.100.99"), std::vector<std::string>{"198.51.100.21:5060"});
}

TEST_F(Failover, AStreamThatBrokeIsOpenedAnewToTheAddressOfTheContact) {
  testing::Inbound call({}, tcp_flow());
  call.establish();
  Flow contact = tcp_flow();
  contact.connection = 0;
  contact.remote = *parse_endpoint("198.51.100.7:5060");
  ASSERT_TRUE(call.ua.agent.set_hops(call.id, {contact}));
  EXPECT_EQ(call.bye(1s).sends.back().second.flow, tcp_flow()) << "while it is open";
  Actions actions;
  call.ua.agent.on_transport_error(kStart + 1s, tcp_flow(), actions);
  ASSERT_EQ(actions.sends.size(), 1U);
  EXPECT_EQ(actions.sends[0].flow, contact);
  const auto again = actions.sends[0].bytes;
  Actions failed;
  call.ua.agent.on_transport_error(kStart + 2s, contact, failed);
  ASSERT_EQ(failed.events.size(), 1U) << "a connection that could not be opened, told without its number";
  EXPECT_TRUE(std::holds_alternative<Terminated>(failed.events[0]));
}

// RFC 3263 section 4.3: by TLS as by TCP, a connection that breaks under a request and one that cannot be
// opened.
TEST_F(Failover, AStreamThatBreaksOrCannotBeOpenedIsLeftForTheNext) {
  for (const auto transport : {Transport::tcp, Transport::tls}) {
    auto open_now = tcp_flow();
    open_now.transport = transport;
    testing::Inbound call({}, open_now);
    call.alice.via = "SIP/2.0/" + std::string(via_name(transport)) + " 198.51.100.7:5060";
    call.establish("Allow: INVITE, ACK, BYE\n");
    std::vector<Flow> hops{first, second};
    for (auto& one : hops) one.transport = transport;
    ASSERT_TRUE(call.ua.agent.set_hops(call.id, hops));
    const auto offered = call.ua.act(
        1s, [&](TimePoint now, Actions& a) { return call.ua.agent.reinvite(now, call.id, "offer 2", a); });
    const auto sent = offered.sent("INVITE");
    EXPECT_EQ(offered.sends.back().second.flow, open_now);
    Actions broke;
    call.ua.agent.on_transport_error(kStart + 1s, open_now, broke);
    ASSERT_EQ(broke.sends.size(), 1U);
    EXPECT_EQ(broke.sends[0].flow, hops[0]);
    Actions refused;
    call.ua.agent.on_transport_error(kStart + 2s, hops[0], refused);
    ASSERT_EQ(refused.sends.size(), 1U);
    EXPECT_EQ(refused.sends[0].flow, hops[1]);
    const auto again = refused.sends[0].bytes;
    EXPECT_EQ(header(again, "CSeq"), header(sent, "CSeq")) << "the same request";
    EXPECT_NE(branch_of(again), branch_of(sent));
    EXPECT_EQ(body(again), "offer 2");
    const auto out = call.ua.feed_from(2s, hops[1], response_to(again, 200, {.sdp = "answer 2"}));
    EXPECT_THAT(out, Tells<OfferAnswered>());
    EXPECT_EQ(out.sends.back().second.flow, hops[1]) << "its ACK";
  }
}

}  // namespace
}  // namespace portico::sip
