#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <array>

#include "base/counters.h"
#include "base/limits.h"
#include "store/samples.h"

namespace portico::store {
namespace {

using samples::item;
using samples::kNoon;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Outbox : public ::testing::Test {
 protected:
  Outbox() : store_(samples::open(folder_.url())) {}
  void enqueue(std::vector<account::Write> batch) { ASSERT_TRUE(store_->write(batch)); }
  std::vector<std::string> claim(WallTime now, std::size_t limit = 10) {
    std::vector<std::string> ids;
    const auto items = store_->outbox_claim(now, now + 30s, limit);
    EXPECT_TRUE(items);
    if (!items) return ids;
    for (const auto& claimed : *items) ids.push_back(claimed.id);
    return ids;
  }
  samples::Folder folder_;
  std::unique_ptr<account::Store> store_;
};

TEST_F(Outbox, ItemsComeBackAsTheyWere) {
  enqueue({item(1, "a")});
  EXPECT_THAT(store_->outbox_claim(kNoon, kNoon + 30s, 10).value(), ElementsAre(item(1, "a")));
}

TEST_F(Outbox, OneItemOfAKeyAtATimeInOrder) {
  enqueue({item(1, "a"), item(2, "a"), item(3, "b"), item(4, "a")});
  EXPECT_THAT(claim(kNoon), ElementsAre(samples::uuid(1), samples::uuid(3)));
  EXPECT_THAT(claim(kNoon), IsEmpty());
  ASSERT_TRUE(store_->outbox_done(samples::uuid(1)));
  EXPECT_THAT(claim(kNoon), ElementsAre(samples::uuid(2)));
}

TEST_F(Outbox, ARetryHoldsTheLaterOnesOfItsKeyBack) {
  enqueue({item(1, "a"), item(2, "a")});
  EXPECT_THAT(claim(kNoon), ElementsAre(samples::uuid(1)));
  ASSERT_TRUE(store_->outbox_retry(samples::uuid(1), 1, kNoon + 1s));
  EXPECT_THAT(claim(kNoon), IsEmpty());
  const auto again = store_->outbox_claim(kNoon + 1s, kNoon + 31s, 10).value();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].id, samples::uuid(1));
  EXPECT_EQ(again[0].attempts, 1U);
}

TEST_F(Outbox, ADisconnectWaitsForTheDigitsOfItsCall) {
  const auto event = [](int n, const std::string& call, const char* type) {
    auto made = item(n, call + " https://example.org/" + type);
    made.call_id = call;
    made.event = type;
    made.created = kNoon;
    return made;
  };
  enqueue({event(1, "c-1", "dtmf"), event(2, "c-1", "recordingAvailable"), event(3, "c-1", "disconnect"),
           event(4, "c-12", "disconnect")});
  EXPECT_THAT(claim(kNoon), ElementsAre(samples::uuid(1), samples::uuid(2), samples::uuid(4)));
  EXPECT_THAT(claim(kNoon), IsEmpty());
  ASSERT_TRUE(store_->outbox_done(samples::uuid(1)));
  EXPECT_THAT(claim(kNoon), ElementsAre(samples::uuid(3))) << "recordingAvailable may come after it";
}

TEST_F(Outbox, ADisconnectDoesNotWaitForEverForDigitsThatNobodyTakes) {
  auto digit = item(1, "c-1 https://example.org/dtmf");
  auto end = item(2, "c-1 https://example.org/disconnect");
  digit.call_id = end.call_id = "c-1";
  digit.event = "dtmf";
  end.event = "disconnect";
  digit.created = end.created = kNoon;
  enqueue({digit, end});
  EXPECT_THAT(claim(kNoon + 299s), ElementsAre(samples::uuid(1)));
  EXPECT_THAT(claim(kNoon + 300s), ElementsAre(samples::uuid(2)));
}

TEST_F(Outbox, AnExpiredLeaseIsClaimedAgain) {
  enqueue({item(1, "a")});
  EXPECT_THAT(claim(kNoon), ElementsAre(samples::uuid(1)));
  EXPECT_THAT(claim(kNoon + 29s), IsEmpty());
  EXPECT_THAT(claim(kNoon + 30s), ElementsAre(samples::uuid(1)));
}

TEST_F(Outbox, WhatADeadProcessHeldOrPutOffByAnotherClockIsDueOnceItsClaimsAreForgotten) {
  enqueue({item(1, "a"), item(2, "b"), item(3, "c"), item(4, "d")});
  EXPECT_THAT(claim(kNoon, 2), SizeIs(2));
  ASSERT_TRUE(store_->outbox_retry(samples::uuid(2), 1, kNoon + 1h));
  ASSERT_TRUE(store_->outbox_unclaim(kNoon));
  EXPECT_THAT(claim(kNoon),
              ElementsAre(samples::uuid(1), samples::uuid(2), samples::uuid(3), samples::uuid(4)));
}

TEST_F(Outbox, TheSameIdIsKeptOnce) {
  enqueue({item(1, "a"), item(1, "a")});
  enqueue({item(1, "a")});
  EXPECT_EQ(store_->outbox_size().value(), 1U);
  ASSERT_TRUE(store_->outbox_done(samples::uuid(1)));
  ASSERT_TRUE(store_->outbox_done(samples::uuid(1)));
  EXPECT_EQ(store_->outbox_size().value(), 0U);
}

TEST_F(Outbox, TakesNoMoreThanAskedFor) {
  enqueue({item(1, "a"), item(2, "b"), item(3, "c")});
  EXPECT_THAT(claim(kNoon, 2), ElementsAre(samples::uuid(1), samples::uuid(2)));
}

TEST_F(Outbox, OutlivesARestart) {
  enqueue({item(1, "a"), item(2, "b")});
  store_.reset();
  store_ = samples::open(folder_.url());
  EXPECT_EQ(store_->outbox_size().value(), 2U);
  EXPECT_THAT(claim(kNoon), ElementsAre(samples::uuid(1), samples::uuid(2)));
}

TEST_F(Outbox, AFullOneTakesNoMoreButForgetsNothing) {
  store_.reset();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(folder_.file().c_str(), &db), SQLITE_OK);
  const auto fill =
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
      std::to_string(limits::kOutboxItemsMax) +
      ") INSERT INTO outbox (id, account_id, application_id, call_id, event, ordering_key, url, method,"
      " fallback_url, fallback_method, content_type, body, timeout, attempts, created, not_before,"
      " leased_until) SELECT 'n' || i, '', '', '', '', i, '', '', '', '', '', '', 1, 0, 0, 0, 0 FROM n;"
      "CREATE TRIGGER none BEFORE INSERT ON recordings BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
  EXPECT_EQ(sqlite3_exec(db, fill.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
  sqlite3_close(db);
  store_ = samples::open(folder_.url());
  auto& dropped = counter("portico_store_dropped_total", "", {{"reason", "outbox_full"}});
  const auto before = dropped.value();
  const std::array<account::Write, 2> batch{item(1, "a"), samples::recording()};
  ASSERT_FALSE(store_->write(batch)) << "to be tried again, with all that is in it";
  EXPECT_EQ(dropped.value(), before);
  enqueue({item(1, "a")});
  EXPECT_EQ(*store_->outbox_size(), limits::kOutboxItemsMax);
  EXPECT_EQ(dropped.value(), before + 1);
  ASSERT_TRUE(store_->outbox_done("n1"));
  enqueue({item(2, "b")});
  EXPECT_EQ(*store_->outbox_size(), limits::kOutboxItemsMax);
  EXPECT_EQ(dropped.value(), before + 1) << "there was room again";
}

TEST_F(Outbox, ARetryOfWhatIsGoneIsNotFound) {
  EXPECT_EQ(store_->outbox_retry(samples::uuid(1), 1, kNoon).error().code, Code::not_found);
}

}  // namespace
}  // namespace portico::store
