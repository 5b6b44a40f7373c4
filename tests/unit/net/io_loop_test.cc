#include "net/io_loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "async/inbox.h"
#include "async/scope.h"
#include "async/task.h"
#include "net/loop_runner.h"

namespace portico::net {
namespace {

TEST(IoLoop, RunsPostsOfEachThreadInTheirOrder) {
  IoLoop loop("test");
  std::vector<int> seen;
  loop.start();
  std::vector<std::thread> posters;
  for (int t = 0; t < 4; ++t)
    posters.emplace_back([&, t] {
      for (int i = 0; i < 100; ++i) loop.post([&seen, t, i] { seen.push_back(t * 1000 + i); });
    });
  for (auto& poster : posters) poster.join();
  on_loop(loop, [] {});
  ASSERT_EQ(seen.size(), 400U);
  std::vector<int> next(4, 0);
  for (const auto value : seen) EXPECT_EQ(value % 1000, next[static_cast<std::size_t>(value / 1000)]++);
}

TEST(IoLoop, RunsThousandsOfTimersInOrderAndNoneTooEarly) {
  IoLoop loop("test");
  std::vector<int> order;
  bool early = false;
  Awaited<bool> done;
  const auto base = loop.now() + 5ms;
  for (int i = 4999; i >= 0; --i) {
    const auto when = base + std::chrono::microseconds(i * 2);
    loop.call_at(when, [&, when, i] {
      early = early || loop.now() < when;
      order.push_back(i);
      if (i == 4999) done.set(true);
    });
  }
  loop.start();
  done.get();
  EXPECT_FALSE(early);
  ASSERT_EQ(order.size(), 5000U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(IoLoop, ACancelledTimerDoesNotRunAndHoldsNothingBack) {
  IoLoop loop("test");
  bool ran = false;
  Awaited<bool> later;
  const auto id = loop.call_at(loop.now() + 1ms, [&] { ran = true; });
  loop.call_at(loop.now() + 5ms, [&] { later.set(true); });
  loop.cancel(id);
  loop.start();
  EXPECT_TRUE(later.get());
  EXPECT_FALSE(ran);
}

async::Task<> wait_twice(async::Inbox<int>& inbox, TimePoint deadline, std::vector<bool>& got_event) {
  auto event = co_await inbox.receive(deadline);
  got_event.push_back(event.has_value());
  event = co_await inbox.receive();
  got_event.push_back(event.has_value());
}

// Timers that are due together run one after the other, what they post comes after them.
TEST(IoLoop, AnEventThatComesWithTheDeadlineOfAnInboxEndsOneWait) {
  IoLoop loop("test");
  async::Inbox<int> inbox(loop);
  async::Scope scope(loop);
  std::vector<bool> got_event;
  const auto deadline = loop.now();
  loop.call_at(deadline - 1ms, [&] { inbox.sender().post(1); });
  scope.start(wait_twice(inbox, deadline, got_event));
  loop.call_at(deadline + 5ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(got_event, std::vector<bool>{true}) << "nothing came for the second wait";
}

TEST(IoLoop, KnowsItsOwnerBeforeDuringAndAfter) {
  IoLoop loop("test");
  EXPECT_TRUE(loop.on_owner_thread());
  loop.start();
  EXPECT_FALSE(loop.on_owner_thread());
  bool inside = false;
  on_loop(loop, [&] { inside = loop.on_owner_thread(); });
  EXPECT_TRUE(inside);
  loop.stop();
  loop.join();
  EXPECT_TRUE(loop.on_owner_thread());
}

TEST(IoLoop, GoesOnAfterAnExceptionOfAJob) {
  IoLoop loop("test");
  loop.start();
  loop.post([] { throw std::runtime_error("a bug in a job"); });
  bool ran = false;
  on_loop(loop, [&] { ran = true; });
  EXPECT_TRUE(ran);
}

TEST(IoLoop, DropsWhatHasNotRunWhenItIsDestroyed) {
  auto held = std::make_shared<int>(1);
  {
    IoLoop loop("test");
    loop.post([held] {});
    loop.call_at(loop.now() + 1h, [held] {});
  }
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace portico::net
