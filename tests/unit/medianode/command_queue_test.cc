#include "medianode/command_queue.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace portico::medianode {
namespace {

bool readable(const CommandQueue& queue) {
  pollfd one{.fd = queue.fd(), .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, 0) == 1;
}

Work stop(std::uint64_t seq) { return media::Command(media::Stop{.port = 1, .seq = seq}); }

TEST(CommandQueue, HandsOverAllInOrderAndWakesOnce) {
  CommandQueue queue;
  EXPECT_FALSE(readable(queue));
  for (std::uint64_t seq = 1; seq <= 3; ++seq) EXPECT_TRUE(queue.push(stop(seq)));
  EXPECT_TRUE(readable(queue));
  std::vector<Work> taken;
  queue.take(taken);
  ASSERT_EQ(taken.size(), 3U);
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(media::seq_of(std::get<media::Command>(taken[i])), i + 1);
  EXPECT_FALSE(readable(queue));
  EXPECT_TRUE(queue.push(stop(4)));
  EXPECT_TRUE(readable(queue)) << "and again for what comes later";
}

TEST(CommandQueue, IsQuietOnceHushedUntilItHasBeenEmptied) {
  CommandQueue queue;
  EXPECT_TRUE(queue.push(stop(1)));
  queue.hush();
  EXPECT_TRUE(queue.push(stop(2)));
  EXPECT_FALSE(readable(queue)) << "the owner knows that something waits";
  std::vector<Work> taken;
  queue.take(taken);
  EXPECT_EQ(taken.size(), 2U);
  EXPECT_TRUE(queue.push(stop(3)));
  EXPECT_TRUE(readable(queue));
}

TEST(CommandQueue, RefusesAboveItsBoundButNeverAClose) {
  CommandQueue queue(2);
  EXPECT_TRUE(queue.push(stop(1)));
  EXPECT_TRUE(queue.push(stop(2)));
  EXPECT_FALSE(queue.push(stop(3)));
  EXPECT_TRUE(queue.push(media::Command(media::Close{.port = 1, .seq = 4})));
}

}  // namespace
}  // namespace portico::medianode
