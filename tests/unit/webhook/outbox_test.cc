#include "webhook/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <deque>
#include <filesystem>
#include <future>
#include <iterator>
#include <new>
#include <thread>

#include "account/scripted_store.h"
#include "async/manual_loop.h"
#include "base/counters.h"
#include "http/tcp_peer.h"
#include "store/open.h"
#include "store/write_behind.h"
#include "webhook/courier.h"
#include "webhook/event_waiter.h"
#include "webhook/outbox_entry.h"
#include "webhook/subject.h"
#include "webhook/test_backend.h"

namespace portico::webhook {
namespace {

using http::ScriptedServer;
using http::TcpPeer;

// One process's life with the store's file.
struct Life {
  explicit Life(const std::filesystem::path& file, OutboxOptions options)
      : store(std::move(*store::open_store("sqlite:" + file.string()))),
        writes(std::make_unique<store::WriteBehind>(*store)),
        client(std::make_unique<http::Client>()),
        outbox(*store, workers, *client, exchanges, sink(), options) {}
  ~Life() {
    outbox.stop(Millis(0));
    client.reset();
    writes->stop(std::chrono::seconds(20));
  }

  WriteSink sink() {
    return [this](account::Write write) {
      if (refuse_writes) return false;
      if (auto* row = std::get_if<account::WebhookExchange>(&write)) {
        const std::lock_guard lock(mutex);
        log.push_back(*row);
        return true;
      }
      return writes->submit(std::move(write)).has_value();
    };
  }

  std::atomic<bool> refuse_writes{false};
  std::mutex mutex;
  std::vector<account::WebhookExchange> log;
  std::unique_ptr<account::Store> store;
  std::unique_ptr<store::WriteBehind> writes;
  async::Workers workers{2};
  std::unique_ptr<http::Client> client;
  std::shared_ptr<const Exchanges> exchanges = std::make_shared<Exchanges>(sink());
  Outbox outbox;
};

class OutboxTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("portico-outbox-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory_);
    options_.bounds.min = Millis(1);
    options_.repeat_delay = Millis(20);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::unique_ptr<Life> begin() { return std::make_unique<Life>(directory_ / "portico.db", options_); }

  static call::Webhook event(const std::string& url, const std::string& call, int number) {
    return {.account_id = "1000001",
            .application_id = "app",
            .call_id = call,
            .event = {{"eventType", "dtmf"}, {"callId", call}, {"digit", std::to_string(number)}},
            .target = {.url = url, .username = "u", .password = "p"},
            .timeout = Millis(20'000)};
  }
  static std::string digit_of(const http::Request& request) {
    return std::string(boost::json::parse(request.body).at("digit").as_string());
  }
  static std::string call_of(const http::Request& request) {
    return std::string(boost::json::parse(request.body).at("callId").as_string());
  }

  std::filesystem::path directory_;
  OutboxOptions options_;
};

TEST_F(OutboxTest, DeliversInOrderForEachCallAndUrl) {
  TestBackend backend;
  auto life = begin();
  life->outbox.start();
  for (int i = 0; i < 30; ++i) {
    life->outbox.tell(event(backend.url(), "c-a", i));
    life->outbox.tell(event(backend.url(), "c-b", i));
  }
  std::map<std::string, std::string> heard;
  for (const auto& request : backend.wait_for(60)) heard[call_of(request)] += digit_of(request) + " ";
  std::string expected;
  for (int i = 0; i < 30; ++i) expected += std::to_string(i) + " ";
  EXPECT_EQ(heard["c-a"], expected);
  EXPECT_EQ(heard["c-b"], expected);
  life->outbox.stop(Millis(30'000));
  EXPECT_EQ(*life->store->outbox_size(), 0U);
  EXPECT_EQ(backend.requests(), 60U);
}

TEST_F(OutboxTest, DoesNotLetOneBackendHoldUpAnother) {
  ScriptedServer silent([](TcpPeer& peer) { peer.read_to_end(); });
  TestBackend backend;
  auto life = begin();
  life->outbox.start();
  for (int i = 0; i < 20; ++i) life->outbox.tell(event(silent.url(), "c-" + std::to_string(i), 0));
  life->outbox.tell(event(backend.url(), "c-a", 1));
  EXPECT_EQ(backend.wait_for(1).size(), 1U);
}

// The rest of its connections are for questions. What waits for its turn is not late.
TEST_F(OutboxTest, AsksOneBackendForNoMoreAtATimeThanItMay) {
  options_.per_backend_max = 3;
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  TestBackend backend([&](const http::Request&) {
    const int now = ++running;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::sleep_for(Millis(5));
    --running;
    return http::Response{.status = 204};
  });
  auto life = begin();
  life->outbox.start();
  for (int i = 0; i < 60; ++i) life->outbox.tell(event(backend.url(), "c-" + std::to_string(i), 0));
  EXPECT_EQ(backend.wait_for(60).size(), 60U);
  life->outbox.stop(Millis(30'000));
  EXPECT_EQ(*life->store->outbox_size(), 0U);
  EXPECT_LE(most, 3);
}

TEST_F(OutboxTest, RepeatsOnceAfterAConnectionThatBreaks) {
  std::atomic<int> asked{0};
  ScriptedServer breaks([&](TcpPeer& peer) {
    peer.read_until("}");
    ++asked;
  });
  auto life = begin();
  life->outbox.start();
  life->outbox.tell(event(breaks.url(), "c-a", 1));
  TestBackend backend;
  life->outbox.tell(event(backend.url(), "c-a", 2));
  backend.wait_for(1);
  while (asked < 2) std::this_thread::yield();
  life->outbox.stop(Millis(30'000));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(*life->store->outbox_size(), 0U);
  const std::lock_guard lock(life->mutex);
  std::vector<std::uint32_t> attempts;
  for (const auto& row : life->log) {
    if (row.url == breaks.url()) attempts.push_back(row.attempt);
  }
  EXPECT_EQ(attempts, (std::vector<std::uint32_t>{1, 2}));
}

// Contract webhooks.md section 3: a timeout counts as a connection that broke.
TEST_F(OutboxTest, RepeatsOnceAfterATimeout) {
  std::atomic<int> asked{0};
  ScriptedServer silent([&](TcpPeer& peer) {
    peer.read_until("}");
    ++asked;
    peer.read_to_end();
  });
  auto life = begin();
  life->outbox.start();
  auto slow = event(silent.url(), "c-a", 1);
  slow.timeout = Millis(500);
  life->outbox.tell(slow);
  while (asked < 2) std::this_thread::yield();
  life->outbox.stop(Millis(30'000));
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(*life->store->outbox_size(), 0U);
  const std::lock_guard lock(life->mutex);
  std::vector<std::uint32_t> attempts;
  for (const auto& row : life->log) attempts.push_back(row.attempt);
  EXPECT_EQ(attempts, (std::vector<std::uint32_t>{1, 2}));
}

// No answer comes, on time that the test moves.
class SilentFetcher final : public http::Fetcher {
 public:
  explicit SilentFetcher(async::ManualLoop& loop) : loop_(loop) {}
  void fetch(http::Fetch request, http::FetchDone done) override {
    ++asked;
    after(request.total_timeout, [done = std::move(done)] {
      done({.answer = tl::unexpected(http::FetchError{.kind = http::FetchFailure::timeout})});
    });
  }
  void after(Millis delay, std::function<void()> run) override {
    loop_.call_at(loop_.now() + delay, std::move(run));
  }
  int asked = 0;

 private:
  async::ManualLoop& loop_;
};

class AtOnce final : public async::Executor {
 public:
  bool run(async::Job job) override {
    job();
    return true;
  }
};

TEST_F(OutboxTest, WaitsASecondBeforeItRepeats) {
  async::ManualLoop loop;
  SilentFetcher client(loop);
  AtOnce workers;
  const auto store = std::move(*store::open_store("sqlite:" + (directory_ / "portico.db").string()));
  const WriteSink refuse = [](const account::Write&) { return false; };
  Outbox outbox(*store, workers, client, std::make_shared<Exchanges>(refuse), refuse, {});
  outbox.tell(event("http://backend.example/", "c-a", 1));
  EXPECT_EQ(client.asked, 1);
  loop.run_for(20s + 999ms);
  EXPECT_EQ(client.asked, 1);
  loop.run_for(1ms);
  EXPECT_EQ(client.asked, 2);
  loop.run_for(120s);
  EXPECT_EQ(client.asked, 2);
}

TEST_F(OutboxTest, WhatIsSavedIsDueASecondAfterTheFirstTryFailed) {
  async::ManualLoop loop;
  SilentFetcher client(loop);
  AtOnce workers;
  const auto store = std::move(*store::open_store("sqlite:" + (directory_ / "portico.db").string()));
  const WriteSink keep = [&](const account::Write& write) {
    return store->write(std::span(&write, 1)).has_value();
  };
  Outbox outbox(*store, workers, client, std::make_shared<Exchanges>(keep), keep, {});
  outbox.start();
  outbox.tell(event("http://backend.example/", "c-a", 1));
  loop.run_for(1s);
  ASSERT_EQ(client.asked, 1);
  const auto before = read_clocks().wall;
  loop.run_for(20s);
  const auto after = read_clocks().wall;
  const auto due = [&](WallTime when) { return store->outbox_claim(when, when + 60s, 1)->size(); };
  EXPECT_EQ(due(before + 998ms), 0U);
  EXPECT_EQ(due(after + 1'002ms), 1U);
}

TEST_F(OutboxTest, HasABoundedNumberUnderWay) {
  async::ManualLoop loop;
  SilentFetcher client(loop);
  AtOnce workers;
  const auto store = std::move(*store::open_store("sqlite:" + (directory_ / "portico.db").string()));
  const WriteSink keep = [&](const account::Write& write) {
    return store->write(std::span(&write, 1)).has_value();
  };
  options_.under_way_max = 3;
  Outbox outbox(*store, workers, client, std::make_shared<Exchanges>(keep), keep, options_);
  outbox.start();
  for (int i = 0; i < 8; ++i) outbox.tell(event("http://backend.example/", "c-" + std::to_string(i), 1));
  loop.run_for(19s);
  EXPECT_EQ(client.asked, 3);
  loop.run_for(2s);
  EXPECT_EQ(client.asked, 6) << "the others go out as those end";
  EXPECT_EQ(*store->outbox_size(), 8U);
}

TEST_F(OutboxTest, KeepsTheOrderWhileTheFirstIsRepeated) {
  std::atomic<int> asked{0};
  std::mutex mutex;
  std::string heard;
  ScriptedServer flaky([&](TcpPeer& peer) {
    for (;;) {
      const auto request = peer.read_until("}");
      if (!request.ends_with("}")) return;
      if (++asked == 1) return;  // breaks the first connection
      const std::lock_guard lock(mutex);
      heard += request.substr(request.find("\"digit\":\"") + 9, 1);
      peer.send("HTTP/1.1 204 No Content\r\n\r\n");
    }
  });
  auto life = begin();
  life->outbox.start();
  for (int i = 1; i <= 3; ++i) life->outbox.tell(event(flaky.url(), "c-a", i));
  while (asked < 4) std::this_thread::yield();
  life->outbox.stop(Millis(30'000));
  const std::lock_guard lock(mutex);
  EXPECT_EQ(heard, "123");
}

TEST_F(OutboxTest, AQuestionDoesNotOvertakeWhatItsCallHasToldTheSameUrl) {
  options_.question_patience = Millis(60'000);
  TestBackend backend;
  auto life = begin();
  life->outbox.start();
  const auto ask = [&](const std::string& call, int number) {
    const auto question = event(backend.url(), call, number);
    life->outbox.after_told(ordering_key(question), [&life, question] {
      life->client->fetch(
          make_request(target_of(question.target), boost::json::serialize(question.event), Millis(20'000)),
          [](const http::FetchOutcome&) {});
    });
  };
  life->outbox.tell(event(backend.url(), "c-a", 0));
  life->outbox.tell(event(backend.url(), "c-a", 1));
  ask("c-a", 2);
  ask("c-b", 0);
  std::string heard;
  for (const auto& request : backend.wait_for(4)) {
    if (call_of(request) == "c-a") heard += digit_of(request);
  }
  EXPECT_EQ(heard, "012");
}

TEST_F(OutboxTest, AQuestionDoesNotWaitForEverForWhatNobodyTakes) {
  options_.question_patience = Millis(50);
  ScriptedServer silent([](TcpPeer& peer) { peer.read_to_end(); });
  auto life = begin();
  life->outbox.start();
  const auto told = event(silent.url(), "c-a", 0);
  life->outbox.tell(told);
  std::promise<void> asked;
  life->outbox.after_told(ordering_key(told), [&] { asked.set_value(); });
  asked.get_future().get();
}

TEST_F(OutboxTest, AQuestionThatWaitedTillNobodyWantedItIsAnsweredAndNotAsked) {
  options_.question_patience = Millis(50);
  ScriptedServer silent([](TcpPeer& peer) { peer.read_to_end(); });
  EventWaiter waiter;
  auto life = begin();
  Courier courier(*life->store, life->workers, *life->client, life->sink(), options_);
  courier.start();
  auto question = event(silent.url(), "c-a", 1);
  question.wanted = std::make_shared<std::atomic<bool>>(false);
  courier.tell(event(silent.url(), "c-a", 0));
  courier.ask(7, question, waiter.sender());
  const auto answer = waiter.wait<call::WebhookAnswer>();
  EXPECT_EQ(answer.request, 7U);
  EXPECT_EQ(answer.reply.error().code, Code::cancelled);
  EXPECT_LE(silent.connections(), 1) << "of the event";
  courier.stop(Millis(0));
}

TEST_F(OutboxTest, DoesNotRepeatAfterAnHttpErrorStatus) {
  for (const int status : {302, 404, 500}) {
    TestBackend backend([status](const http::Request&) { return http::Response{.status = status}; });
    auto life = begin();
    life->outbox.start();
    life->outbox.tell(event(backend.url(), "c-a", 1));
    life->outbox.tell(event(backend.url(), "c-a", 2));
    const auto requests = backend.wait_for(2);
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(digit_of(requests[1]), "2") << "the second event, not a repeat of the first";
    life->outbox.stop(Millis(30'000));
    EXPECT_EQ(*life->store->outbox_size(), 0U);
    EXPECT_EQ(backend.requests(), 2U);
  }
}

TEST_F(OutboxTest, AStopWaitsForTheRepeat) {
  auto life = begin();
  life->outbox.start();
  life->outbox.tell(event("http://127.0.0.1:1/", "c-a", 1));
  life->outbox.stop(Millis(60'000));
  EXPECT_EQ(*life->store->outbox_size(), 0U);
  EXPECT_EQ(life->log.size(), 2U);
}

TEST_F(OutboxTest, AsksAFallbackWhereOneIsGiven) {
  TestBackend broken([](const http::Request&) { return http::Response{.status = 500}; });
  TestBackend fallback;
  auto life = begin();
  life->outbox.start();
  auto detection = event(broken.url(), "c-a", 1);
  detection.fallback =
      call::Callback{.url = fallback.url("/f"), .method = "GET", .username = "f", .password = "g"};
  life->outbox.tell(detection);
  const auto request = fallback.wait_for(1).at(0);
  EXPECT_EQ(request.target, "/f?eventType=dtmf&callId=c-a&digit=1");
  EXPECT_EQ(request.headers.get("Authorization"), "Basic Zjpn");
  EXPECT_EQ(broken.requests(), 1U);
}

TEST_F(OutboxTest, DeliversAfterARestartWhatWasLeft) {
  TestBackend backend;
  {
    auto before = begin();  // never started: as if it died at once
    for (int i = 0; i < 3; ++i) before->outbox.tell(event(backend.url("/hook"), "c-a", i));
  }
  EXPECT_EQ(backend.requests(), 0U);
  auto after = begin();
  after->outbox.start();
  std::string heard;
  for (const auto& request : backend.wait_for(3)) {
    heard += digit_of(request);
    EXPECT_EQ(request.headers.get("Authorization"), "Basic dTpw");
  }
  EXPECT_EQ(heard, "012");
}

TEST_F(OutboxTest, TakesOverWhatAKilledProcessHadClaimed) {
  TestBackend backend;
  {
    auto before = begin();
    before->outbox.tell(event(backend.url(), "c-a", 4));
  }
  {
    auto store = std::move(*store::open_store("sqlite:" + (directory_ / "portico.db").string()));
    const auto now = read_clocks().wall;
    ASSERT_EQ(store->outbox_claim(now, now + options_.lease, 10)->size(), 1U);
  }
  options_.alone = true;
  auto after = begin();
  after->outbox.start();
  EXPECT_EQ(digit_of(backend.wait_for(1).at(0)), "4");
}

// A store of its own for an outbox, and backends that never answer.
struct SilentBackend {
  async::ManualLoop loop;
  SilentFetcher client{loop};
  AtOnce workers;
  std::unique_ptr<account::Store> store = std::move(*store::open_store("sqlite::memory:"));
  WriteSink keep = [this](const account::Write& write) {
    return store->write(std::span(&write, 1)).has_value();
  };
};

TEST_F(OutboxTest, ABackendThatDoesNotAnswerHoldsUpNobodyElseAfterARestart) {
  constexpr int kSilent = 600;
  SilentBackend silent;
  options_.alone = true;
  Outbox outbox(*silent.store, silent.workers, silent.client, std::make_shared<Exchanges>(silent.keep),
                silent.keep, options_);
  for (int i = 0; i <= kSilent; ++i) {
    const auto* const url = i < kSilent ? "http://backend.example/" : "http://another.example/";
    outbox.tell(event(url, "c-" + std::to_string(i), 1));
  }
  const auto now = read_clocks().wall;
  ASSERT_EQ(silent.store->outbox_claim(now + 1s, now + 90s, kSilent)->size(), kSilent)
      << "the earlier life's";
  outbox.start();
  silent.loop.run_for(1s);
  EXPECT_EQ(silent.client.asked, options_.per_backend_max + 1);
}

TEST_F(OutboxTest, WhatABackendHasNoPlaceForGoesBackToTheStoreForAWhile) {
  constexpr int kEvents = 300;
  SilentBackend silent;
  options_.per_backend_max = 1;
  Outbox outbox(*silent.store, silent.workers, silent.client, std::make_shared<Exchanges>(silent.keep),
                silent.keep, options_);
  for (int i = 0; i < kEvents; ++i) {
    outbox.tell(event("http://backend.example/", "c-" + std::to_string(i), 1));
  }
  const auto before = read_clocks().wall;
  outbox.start();
  silent.loop.run_for(1s);
  const auto after = read_clocks().wall;
  EXPECT_EQ(silent.client.asked, 1);
  const auto due = [&](WallTime when) {
    return silent.store->outbox_claim(when, when + 90s, kEvents)->size();
  };
  EXPECT_EQ(due(before + 29s), 0U);
  EXPECT_EQ(due(after + 31s), kEvents - 1U - 256U);
  EXPECT_EQ(*silent.store->outbox_size(), std::size_t{kEvents}) << "none is lost";
}

// Whose claims hold no time at all, as if every lease had run out.
class ForgetfulStore final : public account::ScriptedStore {
 public:
  Result<void> write(std::span<const account::Write> batch) override {
    if (locked) return fail(Code::busy, "locked");
    for (const auto& write : batch) {
      if (const auto* item = std::get_if<account::OutboxItem>(&write)) items.push_back(*item);
      if (const auto* call = std::get_if<account::CallRecord>(&write)) calls.push_back(*call);
    }
    return {};
  }
  Result<std::vector<account::OutboxItem>> outbox_claim(WallTime now, WallTime, std::size_t) override {
    ++claims;
    std::vector<account::OutboxItem> due;
    std::ranges::copy_if(items, std::back_inserter(due),
                         [&](const auto& item) { return item.not_before <= now; });
    if (on_claim) std::exchange(on_claim, {})();
    return due;
  }
  Result<void> outbox_done(std::string_view id) override {
    if (locked) return fail(Code::busy, "locked");
    std::erase_if(items, [&](const auto& item) { return item.id == id; });
    return {};
  }
  Result<void> outbox_retry(std::string_view id, std::uint32_t attempts, WallTime not_before) override {
    for (auto& item : items) {
      if (item.id != id) continue;
      item.attempts = attempts;
      item.not_before = not_before;
    }
    return {};
  }

  std::atomic<bool> locked{false};
  std::function<void()> on_claim;
  int claims = 0;
  std::vector<account::OutboxItem> items;
  std::vector<account::CallRecord> calls;
};

// Answers when the test says so.
class HeldFetcher final : public http::Fetcher {
 public:
  explicit HeldFetcher(async::ManualLoop& loop) : loop_(loop) {}
  void fetch(http::Fetch request, http::FetchDone done) override {
    asked.push_back(request.url);
    bodies.push_back(request.body);
    if (std::exchange(out_of_memory, false)) throw std::bad_alloc();
    waiting_.push_back(std::move(done));
  }
  void after(Millis delay, std::function<void()> run) override {
    loop_.call_at(loop_.now() + delay, std::move(run));
  }
  void answer(tl::expected<http::Fetched, http::FetchError> answer = http::Fetched{.status = 204}) {
    const auto done = std::move(waiting_.front());
    waiting_.pop_front();
    done({.answer = std::move(answer)});
  }
  std::vector<std::string> asked;
  std::vector<std::string> bodies;
  bool out_of_memory = false;  // the next time

 private:
  async::ManualLoop& loop_;
  std::deque<http::FetchDone> waiting_;
};

// More events than a backend has places for, two a call, with a store of their own. One is asked at a time.
class Burst : public OutboxTest {
 protected:
  static constexpr int kCalls = 300;

  void tell_all() {
    for (const int number : {1, 2}) {
      for (int i = 0; i < kCalls; ++i) {
        outbox_.tell(event("http://backend.example/", "c-" + std::to_string(i), number));
      }
    }
    outbox_.start();
    loop_.run_for(1s);
    ASSERT_EQ(client_.asked.size(), 1U);
  }
  void answer_all() {
    for (std::size_t answered = 0; answered < client_.asked.size(); ++answered) {
      client_.answer();
      loop_.run_for(10ms);
    }
  }

  async::ManualLoop loop_;
  HeldFetcher client_{loop_};
  AtOnce workers_;
  std::unique_ptr<account::Store> store_ = std::move(*store::open_store("sqlite::memory:"));
  WriteSink keep_ = [this](const account::Write& write) {
    return store_->write(std::span(&write, 1)).has_value();
  };
  Outbox outbox_{
      *store_, workers_, client_, std::make_shared<Exchanges>(keep_), keep_, {.per_backend_max = 1}};
};

TEST_F(Burst, GoesOutAsItsBackendAnswersAndInOrder) {
  tell_all();
  answer_all();
  EXPECT_EQ(client_.asked.size(), 2U * kCalls);
  EXPECT_EQ(*store_->outbox_size(), 0U);
  std::map<std::string, std::string> heard;
  for (const auto& body : client_.bodies) {
    const http::Request request{.body = body};
    heard[call_of(request)] += digit_of(request);
  }
  EXPECT_EQ(heard.size(), std::size_t{kCalls});
  for (const auto& [call, digits] : heard) EXPECT_EQ(digits, "12") << call;
}

TEST_F(Burst, IsToldWithinThePatienceOfAStop) {
  tell_all();
  auto stopped = std::async(std::launch::async, [&] { outbox_.stop(Millis(60'000)); });
  answer_all();
  stopped.get();
  EXPECT_EQ(*store_->outbox_size(), 0U);
}

class ForgetfulOutbox : public OutboxTest {
 protected:
  void tell(const std::string& url = "http://backend.example/") {
    outbox_.tell(event(url, "c-" + std::to_string(++calls_), 1));
  }
  void begin_with_one() {
    outbox_.start();
    tell();
    loop_.run_for(1s);
    ASSERT_EQ(client_.asked.size(), 1U);
  }

  async::ManualLoop loop_;
  HeldFetcher client_{loop_};
  AtOnce workers_;
  ForgetfulStore store_;
  std::function<void()> on_row_;  // when a row of the webhook log comes
  WriteSink keep_ = [this](const account::Write& write) {
    if (on_row_ && std::holds_alternative<account::WebhookExchange>(write)) std::exchange(on_row_, {})();
    return store_.write(std::span(&write, 1)).has_value();
  };
  int calls_ = 0;
  Gauge& under_way_ = gauge("portico_webhook_deliveries", "Asynchronous webhooks under way");
  const std::int64_t under_way_before_ = under_way_.value();
  Outbox outbox_{store_, workers_, client_, std::make_shared<Exchanges>(keep_), keep_, {.lease = Millis(0)}};
};

TEST_F(ForgetfulOutbox, SendsNothingTwiceWhileItsAnswerIsUnderWay) {
  begin_with_one();
  EXPECT_EQ(under_way_.value(), under_way_before_ + 1);
  const auto claims = store_.claims;
  loop_.run_for(60s);
  EXPECT_GT(store_.claims, claims);
  EXPECT_EQ(client_.asked.size(), 1U);
  client_.answer();
  loop_.run_for(5s);
  EXPECT_TRUE(store_.items.empty());
  EXPECT_EQ(client_.asked.size(), 1U);
  EXPECT_EQ(under_way_.value(), under_way_before_);
}

TEST_F(ForgetfulOutbox, SendsNothingTwiceThatIsAnsweredWhileItIsClaimed) {
  begin_with_one();
  store_.on_claim = [&] { client_.answer(); };
  loop_.run_for(5s);
  EXPECT_EQ(client_.asked.size(), 1U);
  EXPECT_TRUE(store_.items.empty());
}

TEST_F(ForgetfulOutbox, SendsNothingTwiceThatTheStoreCouldNotBeToldOf) {
  begin_with_one();
  store_.locked = true;
  client_.answer();
  loop_.run_for(60s);
  EXPECT_EQ(store_.items.size(), 1U);
  EXPECT_EQ(client_.asked.size(), 1U);
  store_.locked = false;
  loop_.run_for(5s);
  EXPECT_TRUE(store_.items.empty());
  EXPECT_EQ(client_.asked.size(), 1U);
}

TEST_F(ForgetfulOutbox, ARoundThatThrowsIsFollowedByTheNext) {
  store_.on_claim = [] { throw std::bad_alloc(); };
  begin_with_one();
  client_.answer();
  loop_.run_for(5s);
  EXPECT_TRUE(store_.items.empty());
}

TEST_F(ForgetfulOutbox, AnAnswerWhoseRowCannotBeKeptIsAnAnswer) {
  begin_with_one();
  on_row_ = [] { throw std::bad_alloc(); };
  client_.answer();
  tell();
  loop_.run_for(5s);
  EXPECT_EQ(client_.asked.size(), 2U) << "the next one's turn";
  EXPECT_EQ(store_.items.size(), 1U);
  EXPECT_EQ(under_way_.value(), under_way_before_ + 1);
}

TEST_F(ForgetfulOutbox, WhatCannotBeAskedForIsPutBackForAWhile) {
  client_.out_of_memory = true;
  const auto before = read_clocks().wall;
  begin_with_one();
  loop_.run_for(5s);
  EXPECT_EQ(client_.asked.size(), 1U);
  ASSERT_EQ(store_.items.size(), 1U);
  EXPECT_GE(store_.items[0].not_before, before + 29s);
  EXPECT_EQ(under_way_.value(), under_way_before_);
  store_.items[0].not_before = {};  // due: `before` need not be, the outbox has a clock of its own
  loop_.run_for(5s);
  EXPECT_EQ(client_.asked.size(), 2U);
}

// Our own load is no attempt of the backend's.
TEST_F(ForgetfulOutbox, WhatThisMachineHasNoRoomForIsSentLater) {
  const tl::unexpected busy(
      http::FetchError{http::FetchFailure::busy, "too many HTTP requests are under way"});
  for (const bool saved : {true, false}) {
    SCOPED_TRACE(saved);
    client_.asked.clear();
    store_.locked = !saved;
    begin_with_one();
    store_.locked = false;
    for (std::size_t n = 1; n <= 3; ++n) {
      client_.answer(busy);
      loop_.run_for(2s);
      for (auto& item : store_.items) {
        EXPECT_EQ(item.attempts, 0U);
        item.not_before = {};  // a while is over
      }
      loop_.run_for(2s);
      ASSERT_EQ(client_.asked.size(), n + 1);
    }
    client_.answer();
    loop_.run_for(2s);
    EXPECT_TRUE(store_.items.empty());
  }
}

// Contract webhooks.md section 1: every 2xx is success, and what comes with it is ignored.
TEST_F(ForgetfulOutbox, ASuccessOfAnyLengthIsOne) {
  const auto& given_up =
      counter("portico_webhooks_given_up_total", "Asynchronous webhooks that no attempt delivered");
  const auto before = given_up.value();
  outbox_.start();
  auto detection = event("http://backend.example/", "c-a", 1);
  detection.fallback = call::Callback{.url = "http://fallback.example/"};
  outbox_.tell(detection);
  loop_.run_for(1s);
  client_.answer(tl::unexpected(http::FetchError{.kind = http::FetchFailure::too_large,
                                                 .what = "the answer is longer than 65536 bytes",
                                                 .status = 200}));
  loop_.run_for(5s);
  EXPECT_THAT(client_.asked, testing::ElementsAre("http://backend.example/"));
  EXPECT_TRUE(store_.items.empty());
  EXPECT_EQ(given_up.value(), before);
}

// The next start would tell it again.
TEST_F(ForgetfulOutbox, AnEndIsWrittenThoughItsEventFindsNoRoom) {
  store_.locked = true;
  store::WriteBehind writes(store_, 4);
  const WriteSink queue = [&](account::Write write) { return writes.submit(std::move(write)).has_value(); };
  Outbox outbox(store_, workers_, client_, std::make_shared<Exchanges>(queue), queue, {});
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(writes.submit(account::CallRecord{.call_id = "c-before"}));
  outbox.tell(event("http://backend.example/", "c-a", 1),
              account::CallRecord{.call_id = "c-a", .ended = read_clocks().wall});
  EXPECT_EQ(client_.asked.size(), 1U) << "from memory";
  store_.locked = false;
  ASSERT_TRUE(writes.flush(10s));
  ASSERT_FALSE(store_.calls.empty());
  EXPECT_EQ(store_.calls.back().call_id, "c-a");
}

TEST_F(OutboxTest, GivesBackWhatIsUnderWayWhenItStops) {
  std::atomic<int> asked{0};
  std::string url;
  {
    ScriptedServer backend([&](TcpPeer& peer) {
      peer.read_until("}");
      ++asked;
      peer.read_to_end();
    });
    url = backend.url();
    auto before = begin();
    before->outbox.start();
    before->outbox.tell(event(url, "c-a", 7));
    while (asked == 0) std::this_thread::yield();
    before->outbox.stop(Millis(0));
    const auto now = read_clocks().wall;
    const auto left =
        before->store->outbox_claim(now + std::chrono::seconds(1), now + std::chrono::seconds(1), 10);
    ASSERT_TRUE(left);
    ASSERT_EQ(left->size(), 1U) << "claimable at once, not after its lease";
    EXPECT_EQ(left->at(0).attempts, 0U);
  }
}

TEST_F(OutboxTest, SendsWithoutSavingWhenTheStoresQueueIsFull) {
  TestBackend backend;
  auto life = begin();
  life->outbox.start();
  life->refuse_writes = true;
  life->outbox.tell(event(backend.url(), "c-a", 5));
  EXPECT_EQ(digit_of(backend.wait_for(1).at(0)), "5");
  EXPECT_EQ(*life->store->outbox_size(), 0U);
}

}  // namespace
}  // namespace portico::webhook
