#include "net/resolver.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "base/limits.h"
#include "net/dns_responder.h"
#include "net/loop_runner.h"

namespace portico::net {
namespace {

constexpr unsigned kA = 1;
constexpr unsigned kAaaa = 28;
constexpr unsigned kSrv = 33;
constexpr unsigned kNaptr = 35;

class ResolverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    loop.start();
    auto made = Resolver::make({.servers = {server.address()}, .timeout = 5s, .tries = 1});
    ASSERT_TRUE(made.has_value()) << made.error().what;
    resolver = std::move(*made);
  }

  template <typename Record, typename Ask>
  Result<std::vector<Record>> ask(Ask how) {
    Awaited<Result<std::vector<Record>>> answer;
    how([&](Result<std::vector<Record>> got) {
      EXPECT_TRUE(loop.on_owner_thread());
      answer.set(std::move(got));
    });
    auto got = answer.get();
    return got ? *got : fail(Code::internal, "nothing came");
  }
  Result<std::vector<SrvRecord>> srv(const std::string& name) {
    return ask<SrvRecord>([&](auto told) { resolver->srv(name, loop, told); });
  }
  Result<std::vector<IpAddress>> addresses(const std::string& name, AddressFamily family) {
    return ask<IpAddress>([&](auto told) { resolver->addresses(name, family, loop, told); });
  }

  DnsResponder server;
  IoLoop loop{"test"};
  std::unique_ptr<Resolver> resolver;
};

TEST_F(ResolverTest, FindsServicesOfADomain) {
  server.knows("_sip._udp.example.com", kSrv, srv_fields(10, 5, 5080, "a.example.com"));
  server.knows("_sip._udp.example.com", kSrv, srv_fields(20, 0, 5060, "b.example.com"));
  const auto records = srv("_SIP._udp.Example.com");
  ASSERT_TRUE(records.has_value()) << records.error().what;
  ASSERT_EQ(records->size(), 2U);
  EXPECT_EQ((*records)[0].target, "a.example.com");
  EXPECT_EQ((*records)[0].port, 5080);
  EXPECT_EQ((*records)[1].priority, 20);
}

TEST_F(ResolverTest, FindsNamingAuthorityPointers) {
  server.knows("example.com", kNaptr, naptr_fields(10, 1, "s", "SIP+D2U", "", "_sip._udp.example.com"));
  const auto records = ask<NaptrRecord>([&](auto told) { resolver->naptr("example.com", loop, told); });
  ASSERT_TRUE(records.has_value()) << records.error().what;
  ASSERT_EQ(records->size(), 1U);
  EXPECT_EQ((*records)[0].replacement, "_sip._udp.example.com");
}

TEST_F(ResolverTest, FindsAddressesOfTheFamilyAskedFor) {
  server.knows("both.example.com", kA, DnsMessage().u32(0xC0000201));
  DnsMessage six;
  for (int i = 0; i < 15; ++i) six.u8(i == 0 ? 0x20U : 0);
  server.knows("both.example.com", kAaaa, six.u8(9));
  const auto v4 = addresses("both.example.com", AddressFamily::v4);
  ASSERT_TRUE(v4.has_value()) << v4.error().what;
  ASSERT_EQ(v4->size(), 1U);
  EXPECT_EQ((*v4)[0].to_string(), "192.0.2.1");
  const auto v6 = addresses("both.example.com", AddressFamily::v6);
  ASSERT_TRUE(v6.has_value()) << v6.error().what;
  EXPECT_FALSE((*v6)[0].is_v4());
  const auto both = addresses("both.example.com", AddressFamily::both);
  ASSERT_TRUE(both.has_value()) << both.error().what;
  EXPECT_EQ(both->size(), 2U);
}

TEST_F(ResolverTest, ReadsAddressesThatAreWrittenOut) {
  const auto literal = addresses("192.0.2.44", AddressFamily::both);
  ASSERT_TRUE(literal.has_value()) << literal.error().what;
  EXPECT_EQ((*literal)[0].to_string(), "192.0.2.44");
}

TEST_F(ResolverTest, AsksOnceWhileTheAnswerLives) {
  server.knows("_sip._tcp.example.com", kSrv, srv_fields(1, 1, 5060, "a.example.com"), 300);
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(srv("_sip._tcp.example.com").has_value());
  EXPECT_EQ(server.asked("_sip._tcp.example.com", kSrv), 1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(srv("_sip._tcp.none.example").error().code, Code::not_found);
  EXPECT_EQ(server.asked("_sip._tcp.none.example", kSrv), 1) << "that it does not exist is remembered too";
}

TEST_F(ResolverTest, ANameWithoutSuchARecordIsNotFound) {
  server.knows("host.example.com", kA, DnsMessage().u32(0xC0000201));
  EXPECT_EQ(srv("host.example.com").error().code, Code::not_found);
}

TEST_F(ResolverTest, RefusesWhatIsNoDomainName) {
  EXPECT_EQ(srv("").error().code, Code::invalid);
  EXPECT_EQ(srv("with space.example.com").error().code, Code::invalid);
  EXPECT_EQ(srv(std::string(300, 'a')).error().code, Code::invalid);
}

TEST_F(ResolverTest, AServerThatDoesNotAnswerIsATimeout) {
  auto impatient = Resolver::make({.servers = {server.address()}, .timeout = 20ms, .tries = 1});
  ASSERT_TRUE(impatient.has_value());
  const auto records = ask<SrvRecord>([&](auto told) { (*impatient)->srv("mute.example.com", loop, told); });
  EXPECT_EQ(records.error().code, Code::timeout);
}

TEST_F(ResolverTest, AsksTheServersThatTheSystemHasNow) {
  server.knows("old.example.com", kA, DnsMessage().u32(0xC0000201));
  DnsResponder next({.ip = *parse_ip("127.0.0.2"), .port = server.address().port});
  for (const auto* name : {"new.example.com", "mute.example.com"})
    next.knows(name, kA, DnsMessage().u32(0xC0000202));
  const auto file = testing::TempDir() + "resolver_test_servers";
  std::ofstream(file) << "nameserver 127.0.0.1\nsearch example.com\n";
  auto made = Resolver::make({.servers_file = file, .port = server.address().port, .search_domains = true});
  ASSERT_TRUE(made.has_value());
  resolver = std::move(*made);
  EXPECT_TRUE(addresses("old", AddressFamily::v4).has_value()) << "a short name is looked for in the domains";
  EXPECT_FALSE(addresses("new.example.com", AddressFamily::v4).has_value());

  Awaited<Result<std::vector<IpAddress>>> unanswered;
  resolver->addresses("mute.example.com", AddressFamily::v4, loop,
                      [&](auto got) { unanswered.set(std::move(got)); });
  while (server.asked("mute.example.com", kA) == 0) std::this_thread::yield();
  std::ofstream(file) << "nameserver 127.0.0.2\n";
  EXPECT_TRUE(addresses("new", AddressFamily::v4).error().code == Code::not_found);
  EXPECT_GE(next.asked("mute.example.com", kA), 1) << "who waited is asked for again";
  EXPECT_FALSE(addresses("newer.example.com", AddressFamily::v4).has_value());
  EXPECT_EQ(next.asked("newer.example.com", kA), 1);
  resolver.reset();
  EXPECT_FALSE(unanswered.get()->has_value());
  std::remove(file.c_str());
}

TEST_F(ResolverTest, HasABoundedNumberOfQuestionsUnderWay) {
  std::atomic<std::size_t> refused = 0;
  for (std::size_t n = 0; n < limits::kDnsPendingMax + 7; ++n) {
    resolver->srv("mute." + std::to_string(n) + ".example.com", loop,
                  [&](const Result<std::vector<SrvRecord>>& got) {
                    if (got.error().code == Code::busy) ++refused;
                  });
  }
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (refused < 7 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(refused, 7U);
  resolver.reset();  // before what its answers write to
}

TEST_F(ResolverTest, WhatIsUnderWayAtTheEndIsCancelled) {
  Awaited<Code> code;
  resolver->srv("mute.example.com", loop, [&](Result<std::vector<SrvRecord>> got) {
    code.set(got ? Code::internal : got.error().code);
  });
  resolver.reset();
  EXPECT_EQ(code.get(), Code::cancelled);
}

}  // namespace
}  // namespace portico::net
