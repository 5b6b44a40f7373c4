#include "net/signals.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "net/loop_runner.h"

namespace portico::net {
namespace {

TEST(Signals, ReachTheLoopEachTime) {
  IoLoop loop("test");
  std::vector<int> seen;
  Awaited<bool> done;
  Signals signals(loop, [&](int number) {
    EXPECT_TRUE(loop.on_owner_thread());
    seen.push_back(number);
    if (seen.size() < 3) std::raise(seen.size() == 1 ? SIGTERM : SIGINT);
    if (seen.size() == 3) done.set(true);
  });
  loop.start();
  std::raise(SIGHUP);
  done.get();
  EXPECT_EQ(seen, (std::vector<int>{SIGHUP, SIGTERM, SIGINT}));
}

}  // namespace
}  // namespace portico::net
