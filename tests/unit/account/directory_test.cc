#include "account/directory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>

#include "account/samples.h"
#include "account/scripted_store.h"

namespace portico::account {
namespace {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

TEST(Directory, FindsByUserInEitherCaseAndById) {
  Directory directory;
  const Application app = samples::with_password();
  directory.put(app);
  ASSERT_TRUE(directory.by_sip_user(app.sip_user));
  EXPECT_EQ(*directory.by_sip_user(upper(app.sip_user)), app);
  EXPECT_EQ(*directory.by_id(app.id), app);
  EXPECT_FALSE(directory.by_sip_user(app.id));
  EXPECT_FALSE(directory.by_sip_user("+15551234567"));
}

TEST(Directory, DisablingTakesTheUserAwayAndKeepsTheApplication) {
  Directory directory;
  const Application app = samples::with_password();
  directory.put(app);
  const Patch off{.inbound_sip_calls_enabled = {false}};
  directory.put(merge(app, off, samples::deployment(), samples::fresh('9'))->application);
  EXPECT_FALSE(directory.by_sip_user(app.sip_user));
  EXPECT_TRUE(directory.by_id(app.id));
}

TEST(Directory, IgnoresAnOlderVersion) {
  Directory directory;
  Application newer = samples::with_password();
  Application older = newer;
  newer.version = 5;
  newer.name = "new";
  older.version = 4;
  directory.put(newer);
  directory.put(older);
  EXPECT_EQ(directory.by_id(newer.id)->name, "new");
}

TEST(Directory, RefreshTakesChangesAndDeletions) {
  Directory directory;
  ScriptedStore store;
  const Application app = samples::with_password();
  store.changes = {.counter = 7, .applications = {app}, .accounts = {Account{.id = "9900000"}}};
  EXPECT_EQ(directory.refresh(store), true);
  EXPECT_EQ(store.asked_since, 0U);
  EXPECT_TRUE(directory.by_sip_user(app.sip_user));
  EXPECT_NE(directory.snapshot()->account("9900000"), nullptr);

  EXPECT_EQ(directory.refresh(store), false);

  store.changes = {.counter = 8, .deleted_application_ids = {app.id}};
  EXPECT_EQ(directory.refresh(store), true);
  EXPECT_EQ(store.asked_since, 7U);
  EXPECT_FALSE(directory.by_id(app.id));
  EXPECT_FALSE(directory.by_sip_user(app.sip_user));
}

TEST(Directory, StaysAsItIsWhileTheStoreIsDown) {
  Directory directory;
  ScriptedStore store;
  const Application app = samples::with_password();
  directory.put(app);
  store.down = true;
  const auto refreshed = directory.refresh(store);
  ASSERT_FALSE(refreshed);
  EXPECT_EQ(refreshed.error().code, Code::unavailable);
  EXPECT_TRUE(directory.by_sip_user(app.sip_user));
}

TEST(Directory, ARefreshUnderWayDoesNotBringBackWhatWasRemoved) {
  Directory directory;
  ScriptedStore store;
  const Application app = samples::with_password();
  directory.put(app);
  store.changes = {.counter = 1, .applications = {app}};
  store.before_answer = [&] { directory.remove(app.id); };
  ASSERT_TRUE(directory.refresh(store));
  EXPECT_FALSE(directory.by_id(app.id));
  EXPECT_FALSE(directory.by_sip_user(app.sip_user));
}

// A PATCH whose store write came before the deletion, and whose thread slept after it.
TEST(Directory, WhatWasRemovedStaysAway) {
  Directory directory;
  ScriptedStore store;
  Application app = samples::with_password();
  directory.put(app);
  directory.remove(app.id);
  ++app.version;
  directory.put(app);
  EXPECT_FALSE(directory.by_sip_user(app.sip_user));
  store.changes = {.counter = 1, .deleted_application_ids = {app.id}};
  ASSERT_TRUE(directory.refresh(store));
  directory.put(app);
  EXPECT_FALSE(directory.by_sip_user(app.sip_user));
  EXPECT_FALSE(directory.by_id(app.id));
}

TEST(Directory, WhatARefreshRemovedStaysAwayToo) {
  Directory directory;
  ScriptedStore store;
  Application app = samples::with_password();
  directory.put(app);
  store.changes = {.counter = 1, .deleted_application_ids = {app.id}};
  ASSERT_TRUE(directory.refresh(store));
  ++app.version;
  directory.put(app);
  EXPECT_FALSE(directory.by_sip_user(app.sip_user));
}

TEST(Directory, WhatWasRemovedBeforeItWasPutStaysAway) {
  Directory directory;
  const Application app = samples::with_password();
  directory.remove(app.id);
  directory.put(app);
  EXPECT_FALSE(directory.by_id(app.id));
}

TEST(Directory, ASnapshotOutlivesTheChange) {
  Directory directory;
  const Application app = samples::with_password();
  directory.put(app);
  const SnapshotPtr before = directory.snapshot();
  directory.remove(app.id);
  EXPECT_NE(before->by_id(app.id), nullptr);
  EXPECT_EQ(directory.snapshot()->by_id(app.id), nullptr);
}

TEST(DirectoryReader, SeesEachChangeAtItsNextLookUp) {
  Directory directory;
  Directory::Reader reader(directory);
  const Application app = samples::with_password();
  EXPECT_EQ(reader.current().by_sip_user(app.sip_user), nullptr);
  directory.put(app);
  EXPECT_NE(reader.current().by_sip_user(app.sip_user), nullptr);
  directory.remove(app.id);
  EXPECT_EQ(reader.current().by_sip_user(app.sip_user), nullptr);
}

TEST(DirectoryReader, LeavesItToAWriterToFreeWhatItLetGo) {
  Directory directory;
  ScriptedStore store;
  Directory::Reader reader(directory);
  reader.current();
  const std::weak_ptr<const Snapshot> old = directory.snapshot();
  directory.put(samples::with_password());
  EXPECT_FALSE(old.expired()) << "the reader has not looked again";
  reader.current();
  EXPECT_FALSE(old.expired()) << "freed by a reader";
  ASSERT_TRUE(directory.refresh(store));
  EXPECT_TRUE(old.expired()) << "never freed";
}

TEST(DirectoryReader, MayReadWhileOthersWrite) {
  Directory directory;
  Application app = samples::with_password();
  directory.put(app);
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (std::uint64_t version = 2; version < 200; ++version) {
      app.version = version;
      directory.put(app);
    }
    done = true;
  });
  Directory::Reader reader(directory);
  std::uint64_t last = 0;
  bool went_back = false;
  while (!done) {
    const Application* found = reader.current().by_id(app.id);
    went_back = went_back || found == nullptr || found->version < last;
    if (found != nullptr) last = found->version;
  }
  writer.join();
  EXPECT_FALSE(went_back);
  EXPECT_EQ(reader.current().by_id(app.id)->version, 199U);
}

}  // namespace
}  // namespace portico::account
