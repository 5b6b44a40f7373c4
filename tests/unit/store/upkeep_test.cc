#include "store/upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "store/samples.h"

namespace portico::store {
namespace {

TEST(Upkeep, TellsTheDirectoryAndForgetsOldMedia) {
  const samples::Folder folder;
  const auto store = samples::open(folder.url());
  ASSERT_TRUE(store->insert_application(samples::application()));
  auto old = samples::recording();
  old.started = WallTime{};
  const std::vector<account::Write> batch{old};
  ASSERT_TRUE(store->write(batch));

  account::Directory directory;
  std::promise<std::vector<std::string>> forgotten;
  const Upkeep upkeep(directory, *store,
                      [&](std::vector<std::string> keys) { forgotten.set_value(std::move(keys)); },
                      {.expire_first = 0s});
  auto keys = forgotten.get_future();
  ASSERT_EQ(keys.wait_for(10s), std::future_status::ready);
  EXPECT_THAT(keys.get(), ::testing::UnorderedElementsAre("recordings/1", "transcripts/1"));
  // Each round refreshes before it expires.
  EXPECT_TRUE(directory.by_id(samples::uuid(1)));
  EXPECT_TRUE(upkeep.store_answers());
}

TEST(Upkeep, ForgetsNothingWhileTheClockMayStillBeSetRight) {
  const samples::Folder folder;
  const auto store = samples::open(folder.url());
  auto old = samples::recording();
  old.started = WallTime{};
  const std::vector<account::Write> batch{old};
  ASSERT_TRUE(store->write(batch));
  account::Directory directory;
  std::promise<void> again;
  int rounds = 0;
  {
    const Upkeep upkeep(directory, *store, nullptr, {.refresh_every = 1ms}, [&] {
      if (++rounds == 3) again.set_value();
    });
    ASSERT_EQ(again.get_future().wait_for(10s), std::future_status::ready);
  }
  EXPECT_TRUE(store->recording(old.account_id, old.recording_id));
}

TEST(Upkeep, FlushesLogsEachRound) {
  const samples::Folder folder;
  const auto store = samples::open(folder.url());
  account::Directory directory;
  std::promise<void> again;
  int rounds = 0;
  const Upkeep upkeep(directory, *store, nullptr, {.refresh_every = 1ms}, [&] {
    if (++rounds == 3) again.set_value();
  });
  EXPECT_EQ(again.get_future().wait_for(10s), std::future_status::ready);
}

}  // namespace
}  // namespace portico::store
