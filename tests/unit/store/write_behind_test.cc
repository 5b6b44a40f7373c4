#include "store/write_behind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "account/scripted_store.h"
#include "store/samples.h"

namespace portico::store {
namespace {

using ::testing::ElementsAre;

// Takes batches as told and remembers them.
class RecordingStore : public account::ScriptedStore {
 public:
  Result<void> write(std::span<const account::Write> batch) override {
    const std::lock_guard lock(mutex_);
    ++attempts_;
    if (refusals_ > 0) {
      --refusals_;
      return fail(Code::busy, "locked");
    }
    for (const auto& write : batch) {
      const auto* row = std::get_if<account::AdmissionRow>(&write);
      if (row != nullptr && row->sip_call_id == "poison") return fail(Code::internal, "cannot be stored");
    }
    taken_.insert(taken_.end(), batch.begin(), batch.end());
    return {};
  }
  void refuse(int times) {
    const std::lock_guard lock(mutex_);
    refusals_ = times;
  }
  std::vector<account::Write> taken() {
    const std::lock_guard lock(mutex_);
    return taken_;
  }
  int attempts() {
    const std::lock_guard lock(mutex_);
    return attempts_;
  }

 private:
  std::mutex mutex_;
  int refusals_ = 0;
  int attempts_ = 0;
  std::vector<account::Write> taken_;
};

std::vector<std::string> admissions_in(const std::vector<account::Write>& writes) {
  std::vector<std::string> out;
  for (const auto& write : writes) {
    if (const auto* row = std::get_if<account::AdmissionRow>(&write)) out.push_back(row->sip_call_id);
  }
  return out;
}

account::AdmissionRow row(std::string id) {
  auto out = samples::admission();
  out.sip_call_id = std::move(id);
  return out;
}

TEST(WriteBehind, WritesAllInOrder) {
  RecordingStore store;
  WriteBehind writes(store);
  std::vector<std::string> expected;
  for (int n = 0; n < 2000; ++n) {
    expected.push_back(std::to_string(n));
    ASSERT_TRUE(writes.submit(row(expected.back())));
  }
  ASSERT_TRUE(writes.flush(10s));
  EXPECT_EQ(admissions_in(store.taken()), expected);
  EXPECT_EQ(writes.queued(), 0U);
}

TEST(WriteBehind, TriesAgainWhileTheStoreIsLockedAndDoesNothingTwice) {
  RecordingStore store;
  store.refuse(3);
  WriteBehind writes(store);
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(writes.submit(row(id)));
  ASSERT_TRUE(writes.flush(10s));
  EXPECT_THAT(admissions_in(store.taken()), ElementsAre("a", "b", "c"));
  EXPECT_GE(store.attempts(), 4);
}

TEST(WriteBehind, OneBadWriteDoesNotTakeTheOthersWithIt) {
  RecordingStore store;
  store.refuse(1);  // so that all three meet in one batch
  WriteBehind writes(store);
  for (const char* id : {"a", "poison", "c"}) ASSERT_TRUE(writes.submit(row(id)));
  ASSERT_TRUE(writes.flush(10s));
  EXPECT_THAT(admissions_in(store.taken()), ElementsAre("a", "c"));
}

TEST(WriteBehind, RefusesWhatItHasNoRoomFor) {
  RecordingStore store;
  store.refuse(1'000'000);
  WriteBehind writes(store, 4);
  EXPECT_TRUE(writes.submit(row("a")));
  EXPECT_TRUE(writes.submit(row("b")));
  const auto refused = writes.submit(row("c"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::busy);
  store.refuse(0);
  ASSERT_TRUE(writes.flush(10s));
  EXPECT_THAT(admissions_in(store.taken()), ElementsAre("a", "b"));
}

TEST(WriteBehind, RowsOfLogsLeaveHalfOfTheRoomToRecords) {
  RecordingStore store;
  store.refuse(1'000'000);
  WriteBehind writes(store, 4);
  for (int i = 0; i < 100; ++i) (void)writes.submit(row("flood"));
  EXPECT_EQ(writes.queued(), 2U);
  auto call = samples::call();
  call.ended.reset();
  EXPECT_TRUE(writes.submit(call));
  EXPECT_TRUE(writes.submit(call));
  EXPECT_FALSE(writes.submit(call));
  store.refuse(0);
  ASSERT_TRUE(writes.flush(10s));
}

TEST(WriteBehind, RowsOfLogsAreBoundedByTheirTextToo) {
  RecordingStore store;
  store.refuse(1'000'000);
  WriteBehind writes(store);
  auto exchange = samples::exchange();
  exchange.request_body = exchange.response_body = std::string(limits::kWebhookLogBodyBytesMax, 'a');
  auto decision = row("a");
  decision.from = std::string(limits::kSipHeaderBytesMax, 'a');
  constexpr std::size_t kFit = limits::kWriteBehindLogBytesMax / (2 * limits::kWebhookLogBodyBytesMax);
  for (std::size_t i = 0; i < 2 * kFit; ++i) (void)writes.submit(exchange);
  EXPECT_LE(writes.queued(), kFit);
  EXPECT_GE(writes.queued(), kFit - 1) << "the other columns";
  for (std::size_t i = 0; i < 2 * kFit; ++i) (void)writes.submit(decision);
  EXPECT_LE(writes.queued(), kFit + 8);
  EXPECT_FALSE(writes.submit(exchange));
  EXPECT_TRUE(writes.submit(samples::call()));
  EXPECT_TRUE(writes.submit(samples::item(1, "key")));
  EXPECT_TRUE(writes.submit(account::EndWrite{.record = samples::call(2), .event = samples::item(2, "key")}));
  store.refuse(0);
  ASSERT_TRUE(writes.flush(10s));
  EXPECT_TRUE(writes.submit(exchange)) << "there is room again";
}

// What is written of the end of a call when there is no room for its event: else the next start would tell it
// again.
TEST(WriteBehind, EndsFindRoomWhereNothingElseDoes) {
  RecordingStore store;
  store.refuse(1'000'000);
  WriteBehind writes(store, 8);
  auto call = samples::call();
  call.ended.reset();
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(writes.submit(call));
  EXPECT_FALSE(writes.submit(call));
  EXPECT_FALSE(
      writes.submit(account::EndWrite{.record = samples::call(1), .event = samples::item(1, "key")}));
  EXPECT_TRUE(writes.submit(samples::call(1)));
  EXPECT_TRUE(writes.submit(samples::recording(1)));
  EXPECT_FALSE(writes.submit(samples::call(2))) << "bounded too";
  store.refuse(0);
  ASSERT_TRUE(writes.flush(10s));
}

TEST(WriteBehind, OfOneCallsRecordsInABatchOnlyTheLastIsWritten) {
  RecordingStore store;
  store.refuse(1'000'000);
  WriteBehind writes(store);
  ASSERT_TRUE(writes.submit(row("in hand")));
  while (store.attempts() == 0) std::this_thread::yield();  // from here on all goes into the next batch
  account::CallRecord call = samples::call();
  for (const char* state : {"initiated", "answered", "disconnected"}) {
    call.state = state;
    ASSERT_TRUE(writes.submit(call));
  }
  ASSERT_TRUE(writes.submit(samples::call(2)));
  store.refuse(0);
  ASSERT_TRUE(writes.flush(10s));
  const auto taken = store.taken();
  ASSERT_EQ(taken.size(), 3U);
  EXPECT_EQ(std::get<account::CallRecord>(taken[1]).state, "disconnected");
  EXPECT_EQ(std::get<account::CallRecord>(taken[2]).call_id, samples::call(2).call_id);
}

TEST(WriteBehind, TheLastRecordOfACallIsKnownBeforeItIsWritten) {
  RecordingStore store;
  store.refuse(1'000'000);
  WriteBehind writes(store);
  const account::CallRecord begun{.call_id = "c-1", .account_id = "9900000", .state = "initiated"};
  auto ended = begun;
  ended.state = "disconnected";
  ASSERT_TRUE(writes.submit(begun));
  EXPECT_EQ(writes.waiting_call("9900000", "c-1").value(), begun);
  while (store.attempts() == 0) std::this_thread::sleep_for(1ms);  // it is being committed
  EXPECT_EQ(writes.waiting_call("9900000", "c-1").value(), begun);
  ASSERT_TRUE(writes.submit(account::EndWrite{.record = ended, .event = samples::item(1, "a")}));
  ASSERT_TRUE(writes.submit(row("a")));
  EXPECT_EQ(writes.waiting_call("9900000", "c-1").value(), ended);
  EXPECT_FALSE(writes.waiting_call("9900000", "c-2"));
  EXPECT_FALSE(writes.waiting_call("1234567", "c-1")) << "of another account";
  store.refuse(0);
  ASSERT_TRUE(writes.flush(30s));
  EXPECT_FALSE(writes.waiting_call("9900000", "c-1"));
}

TEST(WriteBehind, AnEndAndItsEventReachTheStoreTogether) {
  const samples::Folder folder;
  const auto store = samples::open(folder.url());
  auto call = samples::call(1);
  call.state = "answered";
  auto ended = call;
  ended.state = "disconnected";
  auto event = samples::item(1, "key");
  {
    WriteBehind writes(*store);
    ASSERT_TRUE(writes.submit(call));
    ASSERT_TRUE(writes.submit(account::EndWrite{.record = ended, .event = event}));
    ASSERT_TRUE(writes.submit(account::EndWrite{.record = samples::recording(1), .event = event}));
  }
  EXPECT_EQ(store->call("9900000", call.call_id).value().state, "disconnected");
  EXPECT_TRUE(store->recording("9900000", samples::recording(1).recording_id));
  EXPECT_EQ(store->outbox_size().value(), 1U) << "one id is enqueued once";
}

TEST(WriteBehind, StopWritesWhatIsQueuedAndTakesNoMore) {
  RecordingStore store;
  WriteBehind writes(store);
  ASSERT_TRUE(writes.submit(row("a")));
  writes.stop(10s);
  EXPECT_THAT(admissions_in(store.taken()), ElementsAre("a"));
  EXPECT_EQ(writes.submit(row("b")).error().code, Code::cancelled);
}

TEST(WriteBehind, StopGivesUpOnAStoreThatStaysLocked) {
  RecordingStore store;
  store.refuse(1'000'000);
  WriteBehind writes(store);
  ASSERT_TRUE(writes.submit(row("a")));
  writes.stop(1ms);
  EXPECT_EQ(writes.queued(), 1U);
  EXPECT_TRUE(store.taken().empty());
}

TEST(WriteBehind, IntoARealStore) {
  const samples::Folder folder;
  const auto store = samples::open(folder.url());
  {
    WriteBehind writes(*store);
    for (int n = 0; n < 100; ++n) ASSERT_TRUE(writes.submit(samples::admission(n)));
    ASSERT_TRUE(writes.submit(samples::item(1, "a")));
  }
  EXPECT_EQ(store->list_admissions(samples::uuid(1), {.limit = 1000})->items.size(), 100U);
  EXPECT_EQ(store->outbox_size().value(), 1U);
}

}  // namespace
}  // namespace portico::store
