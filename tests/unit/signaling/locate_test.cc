#include "signaling/locate.h"

#include <gtest/gtest.h>

#include <deque>

#include "net/dns_responder.h"
#include "net/loop_runner.h"

namespace portico::signaling {
namespace {

using net::naptr_fields;
using net::srv_fields;
using sip::Transport;

constexpr unsigned kA = 1;
constexpr unsigned kSrv = 33;
constexpr unsigned kNaptr = 35;

class LocateTest : public ::testing::Test {
 protected:
  void SetUp() override {
    loop.start();
    auto made = net::Resolver::make({.servers = {server.address()}, .timeout = 5s, .tries = 1});
    ASSERT_TRUE(made.has_value()) << made.error().what;
    resolver = std::move(*made);
  }
  void TearDown() override { resolver.reset(); }

  Result<std::vector<Hop>> hops_of(std::string_view uri, const LocateOptions& options = {}) {
    net::Awaited<Result<std::vector<Hop>>> answer;
    locate(
        *resolver, loop, uri, options, [this] { return draw(); },
        [&](Result<std::vector<Hop>> got) {
          EXPECT_TRUE(loop.on_owner_thread());
          answer.set(std::move(got));
        });
    auto got = answer.get();
    return got ? *got : fail(Code::internal, "nothing came");
  }
  // "udp 192.0.2.1:5060, tls …", or what went wrong.
  std::string where(std::string_view uri, const LocateOptions& options = {}) {
    const auto hops = hops_of(uri, options);
    if (!hops) return std::string(code_name(hops.error().code));
    std::string text;
    for (const auto& hop : *hops) {
      text += (text.empty() ? "" : ", ") + std::string(sip::uri_name(hop.transport)) + " " +
              hop.endpoint.to_string();
    }
    return text;
  }

  void naptr(const std::string& name, unsigned order, unsigned preference, std::string_view service,
             std::string_view replacement, std::string_view flags = "s") {
    server.knows(name, kNaptr, naptr_fields(order, preference, flags, service, "", replacement));
  }
  void srv(const std::string& name, unsigned priority, unsigned weight, unsigned port,
           std::string_view target) {
    server.knows(name, kSrv, srv_fields(priority, weight, port, target));
  }
  void host(const std::string& name, std::uint8_t last) {
    server.knows(name, kA, net::DnsMessage().u32(0xC0000200U | last));  // 192.0.2.last
  }
  std::uint64_t draw() {
    if (draws.empty()) return 0;
    const auto next = draws.front();
    draws.pop_front();
    return next;
  }

  net::DnsResponder server;
  net::IoLoop loop{"test"};
  std::unique_ptr<net::Resolver> resolver;
  std::deque<std::uint64_t> draws;
};

TEST_F(LocateTest, AsksNobodyAboutAnAddress) {
  EXPECT_EQ(where("sip:ann@192.0.2.7"), "udp 192.0.2.7:5060");
  EXPECT_EQ(where("sip:192.0.2.7:5080;transport=TCP"), "tcp 192.0.2.7:5080");
  EXPECT_EQ(where("sip:192.0.2.7;transport=tls"), "tls 192.0.2.7:5061");
  EXPECT_EQ(where("sips:192.0.2.7"), "tls 192.0.2.7:5061");
  EXPECT_EQ(where("sips:192.0.2.7;transport=tcp"), "tls 192.0.2.7:5061");
  EXPECT_EQ(hops_of("sip:[2001:db8::7]").error().code, Code::unsupported);
}

TEST_F(LocateTest, APortIsAskedForByAddressOnly) {
  host("a.example.com", 1);
  srv("_sip._udp.a.example.com", 1, 1, 5099, "b.example.com");
  EXPECT_EQ(where("sip:a.example.com:5070"), "udp 192.0.2.1:5070");
  EXPECT_EQ(where("sips:a.example.com:5070"), "tls 192.0.2.1:5070");
  EXPECT_EQ(server.asked("a.example.com", kNaptr) + server.asked("_sip._udp.a.example.com", kSrv), 0);
}

TEST_F(LocateTest, TakesPointersByOrderThenPreferenceAndSkipsWhatItDoesNotSpeak) {
  naptr("example.com", 20, 1, "SIP+D2U", "u.example.com");
  naptr("example.com", 10, 50, "SIP+D2T", "t.example.com");
  naptr("example.com", 10, 10, "sips+d2t", "s.example.com", "S");
  naptr("example.com", 1, 1, "SIP+D2S", "sctp.example.com");
  naptr("example.com", 1, 2, "E2U+sip", "enum.example.com", "u");
  naptr("example.com", 1, 3, "SIP+D2U", "terminal.example.com", "a");
  srv("u.example.com", 1, 1, 5062, "host.example.com");
  srv("t.example.com", 1, 1, 5063, "host.example.com");
  srv("s.example.com", 1, 1, 5064, "host.example.com");
  host("host.example.com", 1);
  EXPECT_EQ(where("sip:ann@example.com"), "tls 192.0.2.1:5064, tcp 192.0.2.1:5063, udp 192.0.2.1:5062");
  EXPECT_EQ(where("sip:example.com", {.transport = {}, .supported = {Transport::udp}}), "udp 192.0.2.1:5062");
  EXPECT_EQ(where("sips:example.com"), "tls 192.0.2.1:5064");
  for (const auto* const name : {"sctp.example.com", "enum.example.com", "terminal.example.com",
                                 "_sip._udp.example.com", "_sips._tcp.example.com"}) {
    EXPECT_EQ(server.asked(name, kSrv), 0) << name;
  }
}

TEST_F(LocateTest, TwoPointersOfOneServiceAreTwoNames) {
  naptr("example.com", 1, 1, "SIP+D2U", "first.example.com");
  naptr("example.com", 1, 2, "SIP+D2U", "second.example.com");
  srv("first.example.com", 1, 1, 5060, "a.example.com");
  srv("second.example.com", 1, 1, 5060, "b.example.com");
  host("a.example.com", 1);
  host("b.example.com", 2);
  EXPECT_EQ(where("sip:example.com"), "udp 192.0.2.1:5060, udp 192.0.2.2:5060");
}

TEST_F(LocateTest, WithoutPointersItAsksForEachTransportsService) {
  srv("_sip._tcp.example.com", 1, 1, 5060, "t.example.com");
  srv("_sip._udp.example.com", 1, 1, 5060, "u.example.com");
  srv("_sips._tcp.example.com", 1, 1, 5061, "s.example.com");
  host("t.example.com", 1);
  host("u.example.com", 2);
  host("s.example.com", 3);
  EXPECT_EQ(where("sip:example.com"), "udp 192.0.2.2:5060, tcp 192.0.2.1:5060, tls 192.0.2.3:5061");
  EXPECT_EQ(where("sips:example.com"), "tls 192.0.2.3:5061");
}

TEST_F(LocateTest, ATransportThatIsWantedIsTheOnlyOneAskedFor) {
  naptr("example.com", 1, 1, "SIP+D2U", "u.example.com");
  srv("u.example.com", 1, 1, 5062, "host.example.com");
  srv("_sip._tcp.example.com", 1, 1, 5063, "host.example.com");
  host("host.example.com", 1);
  EXPECT_EQ(where("sip:example.com;transport=tcp"), "tcp 192.0.2.1:5063");
  EXPECT_EQ(where("sip:example.com;transport=udp", {.transport = Transport::tcp}), "tcp 192.0.2.1:5063");
  EXPECT_EQ(server.asked("example.com", kNaptr), 0);
}

TEST_F(LocateTest, ATransportThatIsNotSpokenLeadsNowhere) {
  EXPECT_EQ(where("sip:192.0.2.7;transport=sctp"), "unsupported");
  EXPECT_EQ(where("sip:192.0.2.7;transport=tcp", {.transport = {}, .supported = {Transport::udp}}),
            "unsupported");
  EXPECT_EQ(where("sips:192.0.2.7", {.transport = {}, .supported = {Transport::udp}}), "unsupported");
  EXPECT_EQ(where("tel:+15551230100"), "invalid");
}

TEST_F(LocateTest, MaddrIsAskedForInPlaceOfTheHost) {
  host("maddr.example.com", 9);
  EXPECT_EQ(where("sip:ann@example.com:5070;maddr=192.0.2.8"), "udp 192.0.2.8:5070");
  EXPECT_EQ(where("sip:ann@example.com;maddr=maddr.example.com"), "udp 192.0.2.9:5060");
  EXPECT_EQ(server.asked("example.com", kNaptr), 0);
}

TEST_F(LocateTest, WithoutServicesTheNameItselfIsAsked) {
  host("example.com", 1);
  host("example.com", 2);
  EXPECT_EQ(where("sip:example.com"), "udp 192.0.2.1:5060, udp 192.0.2.2:5060");
  EXPECT_EQ(where("sips:example.com"), "tls 192.0.2.1:5061, tls 192.0.2.2:5061");
  EXPECT_EQ(where("sip:example.com;transport=tcp"), "tcp 192.0.2.1:5060, tcp 192.0.2.2:5060");
  EXPECT_EQ(where("sip:nobody.example.com"), "not-found");
  const auto hops = hops_of("sips:example.com");
  ASSERT_TRUE(hops.has_value());
  EXPECT_EQ(hops->front().name, "example.com") << "what its certificate must bear";
}

TEST_F(LocateTest, EachTargetsAddressesAreTriedInTheOrderOfPriorities) {
  srv("_sip._udp.example.com", 20, 1, 5062, "b.example.com");
  srv("_sip._udp.example.com", 10, 1, 5061, "a.example.com");
  srv("_sip._udp.example.com", 15, 1, 5063, "gone.example.com");
  host("a.example.com", 1);
  host("a.example.com", 2);
  host("b.example.com", 3);
  EXPECT_EQ(where("sip:example.com"), "udp 192.0.2.1:5061, udp 192.0.2.2:5061, udp 192.0.2.3:5062");
}

TEST_F(LocateTest, WeightsAreDrawnByChance) {
  srv("_sip._udp.example.com", 1, 10, 5061, "a.example.com");
  srv("_sip._udp.example.com", 1, 30, 5062, "a.example.com");
  host("a.example.com", 1);
  draws = {10, 0};
  EXPECT_EQ(where("sip:example.com"), "udp 192.0.2.1:5061, udp 192.0.2.1:5062");
  draws = {11, 0};
  EXPECT_EQ(where("sip:example.com"), "udp 192.0.2.1:5062, udp 192.0.2.1:5061");
}

TEST_F(LocateTest, ADomainThatSaysItHasNoSuchServiceIsNotAskedForItsAddress) {
  srv("_sip._udp.example.com", 0, 0, 0, "");
  host("example.com", 1);
  EXPECT_EQ(where("sip:example.com"), "not-found");
  EXPECT_EQ(server.asked("example.com", kA), 0);
}

TEST_F(LocateTest, ADomainOfManyTargetsIsAskedSoManyQuestionsOnly) {
  for (unsigned n = 0; n < 12; ++n) {
    const auto service = std::to_string(n) + ".s.co";
    naptr("example.com", 1, n, "SIP+D2U", service);
    for (unsigned m = 0; m < 4; ++m) srv(service, m, 0, 5060, std::to_string(4 * n + m) + ".a.co");
  }
  host("0.a.co", 1);
  EXPECT_EQ(where("sip:example.com"), "udp 192.0.2.1:5060");
  int asked = 0;
  for (unsigned n = 0; n < 12; ++n) asked += server.asked(std::to_string(n) + ".s.co", kSrv);
  EXPECT_EQ(asked, 12);
  for (unsigned n = 0; n < 48; ++n) asked += server.asked(std::to_string(n) + ".a.co", kA);
  EXPECT_EQ(asked, 32);
}

// RFC 2782: which of one priority comes first is drawn by the running sum of the weights.
TEST(OrderSrv, DrawsByTheRunningSumOfWeights) {
  struct Row {
    std::uint64_t chance;
    const char* first;
  };
  const std::vector<net::SrvRecord> records{
      {.priority = 2, .weight = 9, .port = 0, .target = "later"},
      {.priority = 1, .weight = 10, .port = 0, .target = "ten"},
      {.priority = 1, .weight = 0, .port = 0, .target = "none"},
      {.priority = 1, .weight = 30, .port = 0, .target = "thirty"},
  };
  for (const Row& row : {Row{0, "none"}, Row{1, "ten"}, Row{10, "ten"}, Row{11, "thirty"}, Row{40, "thirty"},
                         Row{41, "none"}, Row{42, "ten"}}) {
    const auto ordered = order_srv(records, [&] { return row.chance; });
    ASSERT_EQ(ordered.size(), 4U);
    EXPECT_EQ(ordered.front().target, row.first) << row.chance;
    EXPECT_EQ(ordered.back().target, "later");
  }
}

// A Contact or Route with a name must not lead requests of ours where one with an address may not.
TEST(DropUnreachable, KeepsAPartyOutsideFromLeadingUsInside) {
  const auto hop = [](const char* address) {
    return Hop{.endpoint = {.ip = *parse_ip(address), .port = 5060}};
  };
  const std::vector<Hop> all{hop("127.0.0.1"),        hop("10.0.0.5"),        hop("203.0.113.7"),
                             hop("169.254.1.1"),      hop("0.0.0.0"),         hop("198.51.100.7"),
                             hop("::ffff:127.0.0.1"), hop("::ffff:10.0.0.5"), hop("::ffff:0.0.0.0")};
  auto from_outside = all;
  drop_unreachable(from_outside, *parse_ip("203.0.113.9"));
  EXPECT_EQ(from_outside, (std::vector<Hop>{hop("203.0.113.7"), hop("198.51.100.7")}));
  auto from_inside = all;
  drop_unreachable(from_inside, *parse_ip("10.0.0.9"));
  EXPECT_EQ(from_inside, all);
}

TEST(IsToBeLocated, WhatWantsTheTransportThatThePeerCameBy) {
  struct Row {
    const char* uri;
    bool udp;
    bool tcp;
  };
  for (const Row& row :
       {Row{"sip:a@pbx.example.com", true, true}, Row{"sip:a@pbx.example.com:5070", true, true},
        Row{"sip:a@pbx.example.com;transport=UDP", true, false},
        Row{"sip:a@pbx.example.com;transport=tcp", false, true},
        Row{"sip:a@pbx.example.com;transport=tls", false, false}, Row{"sips:a@pbx.example.com", false, false},
        Row{"tel:+15551234567", false, false}, Row{"sip:a@203.0.113.77", false, true},
        Row{"sip:a@pbx.example.com;maddr=203.0.113.77", false, true}, Row{"sip:a@10.0.0.7", false, false},
        Row{"sip:a@203.0.113.77;transport=udp", false, false}}) {
    const auto uri = sip::parse_uri(row.uri);
    ASSERT_TRUE(uri) << row.uri;
    const Endpoint peer{.ip = *parse_ip("203.0.113.9"), .port = 5060};
    EXPECT_EQ(is_to_be_located(*uri, {.transport = Transport::udp, .remote = peer}), row.udp) << row.uri;
    EXPECT_EQ(is_to_be_located(*uri, {.transport = Transport::tcp, .remote = peer}), row.tcp) << row.uri;
    EXPECT_FALSE(is_to_be_located(*uri, {.transport = Transport::tls, .remote = peer})) << row.uri;
  }
}

}  // namespace
}  // namespace portico::signaling
