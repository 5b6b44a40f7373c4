#include "async/turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

#include "async/hand.h"

namespace portico::async {
namespace {

TEST(Turns, RunWhatOthersAskForBesideALineThatRunsAsManyAsItMay) {
  std::promise<void> release;
  std::promise<void> third_ran;
  std::promise<void> other_ran;
  std::atomic<int> running{0};
  Workers workers(4);
  Turns turns(workers, 4, 2);
  const auto released = release.get_future().share();
  for (int n = 0; n < 2; ++n) {
    turns.run("long", [&, released] {
      ++running;
      released.wait();
      --running;
    });
  }
  turns.run("long", [&] {
    EXPECT_LT(running, 2);
    third_ran.set_value();
  });
  turns.run("other", [&] { other_ran.set_value(); });
  other_ran.get_future().wait();
  release.set_value();
  third_ran.get_future().wait();
}

TEST(Turns, DoNotRunWhatTheyRefused) {
  Hand hand;
  Turns turns(hand, 2, 2);
  std::vector<int> ran;
  hand.full = true;
  EXPECT_FALSE(turns.run("a", [&] { ran.push_back(1); }));
  hand.full = false;
  EXPECT_TRUE(turns.run("a", [&] { ran.push_back(2); }));
  hand.full = true;
  EXPECT_TRUE(turns.run("a", [&] { ran.push_back(3); })) << "who runs comes to it";
  hand.go();
  EXPECT_EQ(ran, (std::vector{2, 3}));
}

TEST(Turns, DropWhatWaitsWhenStopped) {
  Hand hand;
  Turns turns(hand, 1, 1);
  auto held = std::make_shared<int>(0);
  int ran = 0;
  EXPECT_TRUE(turns.run("a", [&ran, held] { ++ran; }));
  turns.stop();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_FALSE(turns.run("a", [&ran] { ++ran; }));
  hand.go();
  EXPECT_EQ(ran, 0);
}

TEST(Turns, GoOnAfterAJobThatThrows) {
  Hand hand;
  Turns turns(hand, 1, 1);
  int ran = 0;
  turns.run("a", [] { throw std::runtime_error("no"); });
  turns.run("a", [&ran] { ++ran; });
  hand.go();
  turns.run("a", [&ran] { ++ran; });
  hand.go();
  EXPECT_EQ(ran, 2);
}

}  // namespace
}  // namespace portico::async
