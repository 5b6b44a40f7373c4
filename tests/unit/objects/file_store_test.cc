#include "objects/file_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

#include "async/hand.h"
#include "objects/recording_objects.h"
#include "objects/temporary_directory.h"
#include "webhook/event_waiter.h"

namespace {
std::vector<std::string> synced;  // paths, in order
}

// In place of the C library's: what has been synced cannot be seen but by a power cut.
extern "C" int fsync(int fd) {
  std::array<char, 4'096> path{};
  if (::readlink(("/proc/self/fd/" + std::to_string(fd)).c_str(), path.data(), path.size() - 1) > 0) {
    synced.emplace_back(path.data());
  }
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace portico::objects {
namespace {

namespace fs = std::filesystem;

class FileStoreTest : public testing::Test {
 protected:
  TemporaryDirectory directory_;
  std::unique_ptr<FileStore> store_ =
      std::move(*open_objects("file:" + (directory_.path() / "objects").string()));
};

TEST_F(FileStoreTest, MovesStagedFilesIntoPlaceAndFindsThem) {
  const auto staged = store_->staging_path("r-1.wav");
  write_file(staged, "RIFF");
  const auto put = store_->put(staged, "1000001/c-1/r-1.wav");
  ASSERT_TRUE(put) << put.error().what;
  EXPECT_EQ(*put, 4U);
  EXPECT_FALSE(fs::exists(staged));
  const auto found = store_->find("1000001/c-1/r-1.wav");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bytes, 4U);
  EXPECT_EQ(read_file(found->path), "RIFF");
  EXPECT_TRUE(store_->remove("1000001/c-1/r-1.wav"));
  EXPECT_EQ(store_->find("1000001/c-1/r-1.wav").error().code, Code::not_found);
  EXPECT_TRUE(store_->remove("1000001/c-1/r-1.wav")) << "removing twice is harmless";
}

TEST_F(FileStoreTest, WhatIsStoredIsFoundInItsDirectoriesAfterAPowerCut) {
  write_file(store_->staging_path("r-1.wav"), "RIFF");
  synced.clear();
  ASSERT_TRUE(store_->put(store_->staging_path("r-1.wav"), "1000001/c-1/r-1.wav"));
  const auto root = fs::canonical(directory_.path() / "objects").string();
  EXPECT_THAT(synced, testing::UnorderedElementsAre(root, root + "/1000001", root + "/1000001/c-1",
                                                    root + "/.staging"));
}

TEST_F(FileStoreTest, IsForItsOwnerOnly) {
  EXPECT_EQ(fs::status(directory_.path() / "objects").permissions(), fs::perms::owner_all);
}

TEST_F(FileStoreTest, RefusesKeysThatLeaveTheDirectory) {
  const auto staged = store_->staging_path("x");
  write_file(staged, "x");
  for (const auto& key :
       {std::string(""), std::string("/etc/passwd"), std::string("../up"), std::string("a/../b"),
        std::string("a//b"), std::string("a/"), std::string(".staging/x"), std::string("a/.b"),
        std::string("a b"), std::string("a\0b", 3), std::string(600, 'k')}) {
    EXPECT_FALSE(is_object_key(key)) << key;
    EXPECT_EQ(store_->put(staged, key).error().code, Code::invalid) << key;
    EXPECT_EQ(store_->find(key).error().code, Code::invalid) << key;
    EXPECT_EQ(store_->remove(key).error().code, Code::invalid) << key;
  }
  EXPECT_TRUE(fs::exists(staged));
}

TEST_F(FileStoreTest, TakesOnlyStagedFiles) {
  const auto outside = directory_.path() / "outside";
  write_file(outside, "x");
  EXPECT_EQ(store_->put(outside, "key").error().code, Code::invalid);
  EXPECT_TRUE(fs::exists(outside));
  EXPECT_EQ(store_->put(store_->staging_path("absent"), "key").error().code, Code::not_found);
  fs::create_symlink(outside, store_->staging_path("link"));
  EXPECT_FALSE(store_->put(store_->staging_path("link"), "key"));
}

TEST_F(FileStoreTest, KeepsStagingNamesInsideTheirDirectory) {
  const auto staging = store_->staging_path("a").parent_path();
  for (const auto* name : {"../../etc/passwd", "..", "", "a/b", ".hidden"}) {
    EXPECT_EQ(store_->staging_path(name).parent_path(), staging) << name;
    EXPECT_NE(store_->staging_path(name).filename().string().front(), '.') << name;
  }
}

TEST_F(FileStoreTest, ListsAndDiscardsWhatIsStaged) {
  EXPECT_TRUE(store_->staged().value().empty());
  write_file(store_->staging_path("r-1.wav"), "sound");
  EXPECT_THAT(store_->staged().value(), testing::ElementsAre(store_->staging_path("r-1.wav")));
  EXPECT_EQ(store_->discard("/etc/passwd").error().code, Code::invalid);
  EXPECT_TRUE(store_->discard(store_->staging_path("r-1.wav")));
  EXPECT_TRUE(store_->discard(store_->staging_path("r-1.wav"))) << "absent is fine";
  EXPECT_TRUE(store_->staged().value().empty());
}

TEST(ObjectsUrl, NamesTheFormThatIsSupported) {
  const auto refused = open_objects("s3://bucket/prefix?endpoint=x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::unsupported);
  EXPECT_THAT(refused.error().what, testing::HasSubstr("file:PATH"));
  EXPECT_FALSE(open_objects("file:"));
}

TEST_F(FileStoreTest, StoresRecordingsOnWorkersAndAnswers) {
  EventWaiter waiter;
  async::Workers workers(1);
  RecordingObjects objects(*store_, workers);
  const auto staged = objects.staging_path("r-2", "mp3");
  EXPECT_TRUE(staged.ends_with("/r-2.mp3"));
  write_file(staged, "sound");
  const call::StagedRecording recording{.path = staged, .object_key = "acc/r-2.mp3", .call_id = "c-1"};
  objects.store_recording(5, recording, waiter.sender());
  const auto stored = waiter.wait<call::RecordingStored>();
  EXPECT_EQ(stored.request, 5U);
  ASSERT_TRUE(stored.bytes);
  EXPECT_EQ(*stored.bytes, 5U);
  objects.store_recording(6, recording, waiter.sender());
  EXPECT_FALSE(waiter.wait<call::RecordingStored>().bytes);
}

// A call that starts and stops recordings in a loop has dozens that wait.
TEST_F(FileStoreTest, StoresTheRecordingsOfCallsInTurn) {
  async::Hand hand;
  EventWaiter waiter;
  RecordingObjects objects(*store_, hand);
  const auto store = [&](call::RequestId request, const std::string& call) {
    const auto name = std::to_string(request);
    const auto staged = objects.staging_path(name, "wav");
    write_file(staged, "sound");
    objects.store_recording(request, {.path = staged, .object_key = "acc/" + name, .call_id = call},
                            waiter.sender());
  };
  for (call::RequestId request = 1; request <= 40; ++request) store(request, "greedy");
  store(41, "other");
  hand.go();
  std::vector<call::RequestId> order;
  for (int i = 0; i < 41; ++i) order.push_back(waiter.wait<call::RecordingStored>().request);
  EXPECT_EQ(order[1], 41U) << "not behind the forty";
  EXPECT_EQ(order[40], 40U);
}

TEST_F(FileStoreTest, RefusesRecordingsBeyondSoManyThatWait) {
  async::Hand hand;
  EventWaiter waiter;
  RecordingObjects objects(*store_, hand);
  for (call::RequestId request = 1; request <= async::Workers::kQueuedMax + 1; ++request)
    objects.store_recording(request, {.path = "none", .object_key = "acc/r", .call_id = "c"},
                            waiter.sender());
  const auto refused = waiter.wait<call::RecordingStored>();
  EXPECT_EQ(refused.request, async::Workers::kQueuedMax + 1);
  ASSERT_FALSE(refused.bytes);
  EXPECT_EQ(refused.bytes.error().code, Code::busy);
}

}  // namespace
}  // namespace portico::objects
