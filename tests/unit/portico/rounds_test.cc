#include "portico/rounds.h"

#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <stdexcept>
#include <thread>

namespace portico::app {
namespace {

const TimePoint kStart{1h};

TEST(Rounds, AreDueAgainWhenTheLastOneIsOver) {
  struct ByHand final : async::Executor {
    bool run(async::Job job) override {
      if (!full) jobs.push_back(std::move(job));
      return !full;
    }
    bool full = false;
    std::deque<async::Job> jobs;
  } workers;
  Rounds rounds(workers, 60s, kStart);
  EXPECT_FALSE(rounds.due(kStart + 59s));
  ASSERT_TRUE(rounds.due(kStart + 60s));
  int done = 0;
  rounds.begin(kStart + 60s, [&done] { ++done; });
  EXPECT_FALSE(rounds.due(kStart + 1h)) << "it waits for a worker";
  workers.jobs.front()();
  workers.jobs.pop_front();
  EXPECT_EQ(done, 1);
  EXPECT_FALSE(rounds.due(kStart + 119s));
  ASSERT_TRUE(rounds.due(kStart + 120s));
  workers.full = true;
  rounds.begin(kStart + 120s, [&done] { ++done; });
  EXPECT_FALSE(rounds.due(kStart + 179s));
  EXPECT_TRUE(rounds.due(kStart + 180s)) << "no worker took it";
}

TEST(Rounds, GoOnAfterOneThatThrew) {
  async::Workers workers(1);
  Rounds rounds(workers, 60s, kStart);
  rounds.begin(kStart + 60s, [] { throw std::runtime_error("no memory"); });
  std::promise<void> after;
  ASSERT_TRUE(workers.run([&after] { after.set_value(); }));
  after.get_future().wait();
  EXPECT_TRUE(rounds.due(kStart + 120s));
}

}  // namespace
}  // namespace portico::app
