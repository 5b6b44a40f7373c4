#include "http/host_names.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "net/dns_responder.h"

namespace portico::http {
namespace {

class HostNamesTest : public ::testing::Test {
 protected:
  // Runs what is posted until `told` was.
  Result<Addresses> look_up(const std::string& host, Duration later = {}) {
    std::optional<Result<Addresses>> got;
    names.look_up(host, Clock::now() + later, [&](const Result<Addresses>& found) { got = found; });
    while (!got) run_one();
    return *got;
  }
  void run_one() {
    std::unique_lock lock(mutex);
    come.wait(lock, [this] { return !jobs.empty(); });
    const auto job = std::move(jobs.front());
    jobs.pop_front();
    lock.unlock();
    job();
  }
  int asked() { return server->asked("backend.example", 1); }

  std::mutex mutex;
  std::condition_variable come;
  std::deque<std::function<void()>> jobs;
  std::unique_ptr<net::DnsResponder> server = std::make_unique<net::DnsResponder>();
  HostNames names{{.servers = {server->address()}, .timeout = 50ms, .tries = 1},
                  [this](std::function<void()> job) {
                    const std::lock_guard lock(mutex);
                    jobs.push_back(std::move(job));
                    come.notify_one();
                  }};
};

TEST_F(HostNamesTest, KnowsWhatNeedsNoLookUp) {
  for (const auto* host : {"127.0.0.1", "[::1]", "localhost", "api.localhost", ""})
    EXPECT_FALSE(HostNames::is_looked_up(host)) << host;
  for (const auto* host : {"backend", "api.example.com", "1.2.3.example"})
    EXPECT_TRUE(HostNames::is_looked_up(host)) << host;
}

TEST_F(HostNamesTest, UsesWhatItKnowsAndAsksAgainMeanwhile) {
  server->knows("backend.example", 1, net::DnsMessage().u32(0xC0000201), 0);
  EXPECT_EQ(look_up("backend.example"), Addresses{IpAddress::v4(0xC0000201)});
  EXPECT_EQ(look_up("backend.example", 5s), Addresses{IpAddress::v4(0xC0000201)});
  EXPECT_EQ(asked(), 1);
  server->knows("backend.example", 1, net::DnsMessage().u32(0xC0000202), 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(look_up("backend.example", 11s)->size(), 1U) << "nobody waits";
  run_one();
  EXPECT_EQ(asked(), 2);
  EXPECT_EQ(look_up("backend.example", 5s)->size(), 2U);
  EXPECT_EQ(look_up("backend.example", 121s)->size(), 2U);
  EXPECT_EQ(asked(), 3) << "what is that old is asked for first";
}

TEST_F(HostNamesTest, DoesWithoutNameServersForWhatItKnows) {
  server->knows("backend.example", 1, net::DnsMessage().u32(0xC0000201), 0);
  EXPECT_TRUE(look_up("backend.example").has_value());
  server.reset();
  EXPECT_TRUE(look_up("backend.example", 121s).has_value()) << "that they fail is known after a while";
  EXPECT_TRUE(look_up("backend.example", 11s).has_value());
  run_one();
  EXPECT_TRUE(look_up("backend.example", 11s).has_value());
  EXPECT_FALSE(look_up("other.example").has_value());
}

TEST_F(HostNamesTest, TellsWhatIsNotThere) {
  EXPECT_EQ(look_up("backend.example").error().code, Code::not_found);
}

TEST(ResolveEntry, IsWhatCurlTakes) {
  const Addresses both{IpAddress::v4(0xC0000201), *parse_ip("2001:db8::1")};
  EXPECT_EQ(resolve_entry("backend.example", "443", both), "+backend.example:443:192.0.2.1,[2001:db8::1]");
}

}  // namespace
}  // namespace portico::http
