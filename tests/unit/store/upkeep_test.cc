#include "store/upkeep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <future>
#include <thread>

#include "account/scripted_store.h"
#include "store/samples.h"
#include "store/sqlite/store.h"

namespace portico::store {
namespace {

TEST(Upkeep, TellsTheDirectoryAndForgetsOldRecordingsOnceTheirFilesAreGone) {
  const samples::Folder folder;
  const auto store = samples::open(folder.url());
  ASSERT_TRUE(store->insert_application(samples::application()));
  auto old = samples::recording();
  old.started = WallTime{};
  old.ended = WallTime{};
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

// As when its disk is full: the recordings are what can make room.
TEST(Upkeep, OldRecordingsGoThoughTheStoreTakesNoWrites) {
  const samples::Folder folder;
  auto old = samples::recording();
  old.started = WallTime{};
  old.ended = WallTime{};
  const std::vector<account::Write> batch{old};
  ASSERT_TRUE(samples::open(folder.url())->write(batch));
  const auto store = sqlite::SqliteStore::open({.path = folder.file(), .busy_timeout = 1ms});
  ASSERT_TRUE(store);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(folder.file().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);

  account::Directory directory;
  int turns = 0;
  std::promise<void> removed;
  {
    const Upkeep upkeep(directory, **store,
                        [&](const std::vector<std::string>&) {
                          if (++turns == 1) removed.set_value();
                          return true;
                        },
                        {.refresh_every = 1ms, .expire_first = 0s, .expire_every = 0s});
    EXPECT_EQ(removed.get_future().wait_for(10s), std::future_status::ready);
  }
  EXPECT_TRUE((*store)->recording(old.account_id, old.recording_id)) << "forgotten when there is room";
  sqlite3_close(other);
}

// On a slow disk they take their time.
TEST(Upkeep, AStopDoesNotWaitForTheFilesOfAllOldRecordings) {
  struct FullStore : account::ScriptedStore {
    Result<std::vector<ExpiredRecording>> expire(const Expiry&) override {
      return std::vector<ExpiredRecording>(5'000, {.recording_id = "r-1", .object_keys = {"key"}});
    }
    Result<void> forget_recordings(std::span<const std::string> recording_ids) override {
      forgotten = recording_ids.size();
      return {};
    }
    std::size_t forgotten = 0;
  } store;
  account::Directory directory;
  std::size_t turns = 0;
  std::promise<void> begun;
  {
    const Upkeep upkeep(directory, store,
                        [&](const std::vector<std::string>&) {
                          if (++turns == 1) begun.set_value();
                          std::this_thread::sleep_for(1ms);
                          return true;
                        },
                        {.refresh_every = 1ms, .expire_first = 0s});
    begun.get_future().wait();
  }
  EXPECT_LT(turns, 5'000U);
  EXPECT_EQ(store.forgotten, turns) << "what has gone is not shown any more";
}

TEST(Upkeep, ForgetsNothingWhileTheClockMayStillBeSetRight) {
  const samples::Folder folder;
  const auto store = samples::open(folder.url());
  auto old = samples::recording();
  old.started = WallTime{};
  old.ended = WallTime{};
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
