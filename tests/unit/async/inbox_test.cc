#include "async/inbox.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "async/manual_loop.h"
#include "async/scope.h"

namespace portico::async {
namespace {

Task<int> add(Inbox<int>& inbox) {
  const auto first = co_await inbox.receive();
  const auto second = co_await inbox.receive();
  co_return *first + *second;
}

Task<> store_sum(Inbox<int>& inbox, int& out) {
  auto sum = add(inbox);
  out = co_await std::move(sum);
}

TEST(Inbox, HandsEventsToTheCoroutineInOrder) {
  ManualLoop loop;
  Inbox<int> inbox(loop);
  Scope scope(loop);
  int sum = 0;
  scope.start(store_sum(inbox, sum));
  inbox.sender().post(40);
  inbox.sender().post(2);
  EXPECT_EQ(sum, 0) << "the receiver must not run inside the poster";
  loop.run_ready();
  EXPECT_EQ(sum, 42);
  EXPECT_EQ(scope.size(), 0U);
}

// Behind what was there before, so that there are always five.
Task<> take_and_post(Inbox<int>& inbox, int until, std::vector<int>& taken) {
  while (taken.size() < static_cast<std::size_t>(until)) {
    const auto event = co_await inbox.receive();
    taken.push_back(*event);
    inbox.sender().post(*event + 5);
  }
}

TEST(Inbox, KeepsTheOrderThoughItIsNeverEmpty) {
  ManualLoop loop;
  Inbox<int> inbox(loop);
  Scope scope(loop);
  std::vector<int> taken;
  for (int i = 0; i < 5; ++i) inbox.sender().post(i);
  scope.start(take_and_post(inbox, 1'000, taken));
  loop.run_ready();
  ASSERT_EQ(taken.size(), 1'000U);
  for (int i = 0; i < 1'000; ++i) EXPECT_EQ(taken[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(inbox.size(), 5U);
}

Task<> wait_until(Inbox<int>& inbox, TimePoint deadline, std::vector<std::string>& log) {
  const auto event = co_await inbox.receive(deadline);
  log.push_back(event ? "event" : "deadline");
}

TEST(Inbox, GivesNothingAfterTheDeadline) {
  ManualLoop loop;
  Inbox<int> inbox(loop);
  Scope scope(loop);
  std::vector<std::string> log;
  scope.start(wait_until(inbox, loop.now() + 2s, log));
  loop.run_for(1999ms);
  EXPECT_TRUE(log.empty());
  loop.run_for(1ms);
  EXPECT_EQ(log, std::vector<std::string>{"deadline"});
}

TEST(Inbox, AnEventCancelsTheDeadline) {
  ManualLoop loop;
  Inbox<int> inbox(loop);
  Scope scope(loop);
  std::vector<std::string> log;
  scope.start(wait_until(inbox, loop.now() + 2s, log));
  inbox.sender().post(1);
  loop.run_for(3s);
  EXPECT_EQ(log, std::vector<std::string>{"event"});
  EXPECT_EQ(loop.next_timer(), kNever);
}

TEST(Inbox, ASenderOutlivesItsInbox) {
  ManualLoop loop;
  Inbox<int>::Sender sender;
  {
    Inbox<int> inbox(loop);
    sender = inbox.sender();
    EXPECT_TRUE(sender.post(1));
  }
  EXPECT_FALSE(sender.post(2));
}

TEST(Inbox, RefusesMoreThanItsLimit) {
  ManualLoop loop;
  Inbox<int> inbox(loop);
  for (std::size_t i = 0; i < limits::kInboxEventsMax; ++i) EXPECT_TRUE(inbox.sender().post(1));
  EXPECT_FALSE(inbox.sender().post(1));
  EXPECT_EQ(inbox.overflowed(), 1U);
}

struct Tracker {
  explicit Tracker(bool& d) : destroyed(d) {}
  ~Tracker() { destroyed = true; }
  bool& destroyed;
};

TEST(Inbox, HasAFewPlacesMoreForEnds) {
  ManualLoop loop;
  Inbox<int> inbox(loop, [](const int& event) { return event < 0; });
  for (std::size_t i = 0; i < limits::kInboxEventsMax; ++i) EXPECT_TRUE(inbox.sender().post(1));
  EXPECT_FALSE(inbox.sender().post(1));
  for (std::size_t i = 0; i < limits::kInboxEndsMax; ++i) EXPECT_TRUE(inbox.sender().post(-1));
  EXPECT_FALSE(inbox.sender().post(-1));
}

Task<> wait_for_ever(Inbox<int>& inbox, bool& destroyed) {
  const Tracker tracker(destroyed);
  co_await inbox.receive();
}

TEST(Scope, DestroysWhatStillRunsWhenItEnds) {
  ManualLoop loop;
  Inbox<int> inbox(loop);
  bool destroyed = false;
  {
    Scope scope(loop);
    scope.start(wait_for_ever(inbox, destroyed));
    EXPECT_FALSE(destroyed);
  }
  EXPECT_TRUE(destroyed);
}

TEST(Scope, TellsWhenTheLastTaskHasEnded) {
  ManualLoop loop;
  Inbox<int> inbox(loop);
  Scope scope(loop);
  bool destroyed = false;
  bool empty = false;
  scope.start(wait_for_ever(inbox, destroyed));
  scope.close();
  scope.on_empty([&] { empty = true; });
  EXPECT_FALSE(empty);
  EXPECT_FALSE(scope.start(wait_for_ever(inbox, destroyed)));
  inbox.sender().post(1);
  loop.run_ready();
  EXPECT_TRUE(empty);
}

}  // namespace
}  // namespace portico::async
