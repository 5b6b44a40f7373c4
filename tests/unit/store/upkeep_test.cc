#include "store/upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "store/samples.h"

namespace portico::store {
namespace {

TEST(Upkeep, TellsTheDirectoryAndForgetsOldRecordingsOnceTheirFilesAreGone) {
  const samples::Folder folder;
  const auto store = samples::open(folder.url());
  ASSERT_TRUE(store->insert_application(samples::application()));
  auto old = samples::recording();
  old.started = WallTime{};
  const std::vector<account::Write> batch{old};
  ASSERT_TRUE(store->write(batch));

  account::Directory directory;
  int turns = 0;
  bool known_at_second = false;
  std::vector<std::string> forgotten;
  std::promise<void> again;
  {
    int rounds = 0;
    const Upkeep upkeep(
        directory, *store,
        [&](const std::vector<std::string>& keys) {
          forgotten = keys;
          if (++turns == 2) known_at_second = store->recording(old.account_id, old.recording_id).has_value();
          return turns == 2;
        },
        {.refresh_every = 1ms, .expire_first = 0s, .expire_every = 0s},
        [&] {
          if (++rounds == 4) again.set_value();
        });
    ASSERT_EQ(again.get_future().wait_for(10s), std::future_status::ready);
    // Each round refreshes before it expires.
    EXPECT_TRUE(directory.by_id(samples::uuid(1)));
    EXPECT_TRUE(upkeep.store_answers());
  }
  EXPECT_THAT(forgotten, ::testing::ElementsAre("recordings/1", "transcripts/1"));
  EXPECT_TRUE(known_at_second) << "its files had not gone";
  EXPECT_FALSE(store->recording(old.account_id, old.recording_id));
  EXPECT_EQ(turns, 2);
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
