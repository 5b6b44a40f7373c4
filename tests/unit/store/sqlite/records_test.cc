// Calls, recordings, the admission and webhook logs: written in batches, listed by filter and page.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/limits.h"
#include "store/samples.h"

namespace portico::store {
namespace {

using account::Write;
using samples::kNoon;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class Records : public ::testing::Test {
 protected:
  Records() : store_(samples::open("sqlite::memory:")) {}
  void write(std::vector<Write> batch) { ASSERT_TRUE(store_->write(batch)); }
  std::vector<account::CallRecord> calls(account::CallFilter filter) {
    filter.account_id = "9900000";
    return store_->list_calls(filter, {.limit = 100})->items;
  }
  std::unique_ptr<account::Store> store_;
};

TEST_F(Records, CallsComeBackAsTheyWere) {
  account::CallRecord bare{.call_id = "c-2", .account_id = "9900000"};
  write({samples::call(), bare});
  EXPECT_EQ(store_->call("9900000", samples::call().call_id).value(), samples::call());
  EXPECT_EQ(store_->call("9900000", "c-2").value(), bare);
  EXPECT_EQ(store_->call("1", "c-2").error().code, Code::not_found);
}

TEST_F(Records, ALateWriteDoesNotUndoANewerOne) {
  account::CallRecord newer = samples::call();
  account::CallRecord older = samples::call();
  older.state = "initiated";
  older.last_update = newer.last_update - 1s;
  write({newer});
  write({older});
  EXPECT_EQ(store_->call("9900000", newer.call_id)->state, "answered");
  newer.state = "disconnected";
  write({newer});
  EXPECT_EQ(store_->call("9900000", newer.call_id)->state, "disconnected");
}

TEST_F(Records, CallsAreListedByFilter) {
  account::CallRecord one = samples::call(1);
  account::CallRecord two = samples::call(2);
  two.to = "sip:other@y";
  two.from = "+1666";
  two.disconnect_cause = "busy";
  account::CallRecord queued = samples::call(3);
  queued.started.reset();
  queued.disconnect_cause.reset();
  write({two, queued, one});
  EXPECT_THAT(calls({}), ElementsAre(one, two, queued));
  EXPECT_THAT(calls({.to = "sip:other@y"}), ElementsAre(two));
  EXPECT_THAT(calls({.from = "+1666"}), ElementsAre(two));
  EXPECT_THAT(calls({.disconnect_cause = "hangup"}), ElementsAre(one));
  EXPECT_THAT(calls({.started_from = *two.started}), ElementsAre(two));
  EXPECT_THAT(calls({.started_until = *one.started}), ElementsAre(one));
}

TEST_F(Records, WhatIsUnfinishedIsFoundByIdWhateverNodeItWas) {
  const auto call = [](int n, std::string state, std::string node) {
    auto made = samples::call(n);
    made.state = std::move(state);
    made.node = std::move(node);
    return made;
  };
  auto foreign = call(4, "answered", "n-1");
  foreign.account_id = "1234567";
  write({call(3, "answered", "n-1"), call(1, "initiated", "n-1"), call(2, "disconnected", "n-1"), foreign,
         call(5, "answered", "n-2")});
  EXPECT_THAT(*store_->open_calls("", 9), ElementsAre(call(1, "initiated", "n-1"), call(3, "answered", "n-1"),
                                                      foreign, call(5, "answered", "n-2")));
  EXPECT_THAT(*store_->open_calls(samples::call(1).call_id, 1), ElementsAre(call(3, "answered", "n-1")));
  write({call(1, "disconnected", "n-1")});
  EXPECT_THAT(*store_->open_calls("", 9), SizeIs(3));

  auto open = samples::recording(1);
  open.status = "processing";
  auto closed = samples::recording(2);
  closed.status = "complete";
  write({open, closed});
  EXPECT_THAT(*store_->open_recordings("", 9), ElementsAre(open));
  EXPECT_THAT(*store_->open_recordings(open.recording_id, 9), SizeIs(0));
  open.status = "partial";
  write({open});
  EXPECT_THAT(*store_->open_recordings("", 9), SizeIs(0));
}

TEST_F(Records, CallsAreListedPageByPage) {
  std::vector<Write> batch;
  for (int n = 0; n < 7; ++n) batch.emplace_back(samples::call(n));
  write(batch);
  account::PageRequest request{.limit = 3};
  std::vector<std::size_t> sizes;
  do {
    const auto page = store_->list_calls({.account_id = "9900000"}, request);
    ASSERT_TRUE(page);
    sizes.push_back(page->items.size());
    request.after = page->next;
  } while (!request.after.empty());
  EXPECT_THAT(sizes, ElementsAre(3U, 3U, 1U));
}

TEST_F(Records, APageOfCallsEndsEarlyWhereItsTextsAreLong) {
  constexpr int kCalls = 600;
  std::vector<Write> batch;
  for (int n = 0; n < kCalls; ++n) {
    auto call = samples::call(n);
    call.from = std::string(16'000, 'f');
    batch.emplace_back(std::move(call));
  }
  write(batch);
  account::PageRequest request{.limit = 10'000};
  std::set<std::string> seen;
  do {
    const auto page = store_->list_calls({.account_id = "9900000"}, request);
    ASSERT_TRUE(page);
    ASSERT_LE(page->items.size(), limits::kCallPageBytesMax / 16'000 + 1);
    for (const auto& call : page->items) seen.insert(call.call_id);
    request.after = page->next;
  } while (!request.after.empty());
  EXPECT_EQ(seen.size(), std::size_t{kCalls});
}

TEST_F(Records, RecordingsComeBackReplacedAndFiltered) {
  account::RecordingRecord plain = samples::recording(2);
  plain.transcription.reset();
  plain.call_id = "c-other";
  plain.ended.reset();
  write({samples::recording(1), plain});
  EXPECT_EQ(store_->recording("9900000", plain.recording_id).value(), plain);
  plain.status = "error";
  write({plain});
  EXPECT_THAT(store_->list_recordings({.account_id = "9900000"}, 10).value(),
              ElementsAre(samples::recording(1), plain));
  EXPECT_THAT(store_->list_recordings({.account_id = "9900000", .call_id = "c-other"}, 10).value(),
              ElementsAre(plain));
  // From is inclusive, until is exclusive.
  EXPECT_THAT(
      store_
          ->list_recordings(
              {.account_id = "9900000", .started_from = kNoon + 1ms, .started_before = kNoon + 2ms}, 10)
          .value(),
      ElementsAre(samples::recording(1)));
  auto unfinished = samples::recording(3);
  unfinished.status = "processing";
  unfinished.notice = {.url = "https://app.example/available",
                       .method = account::Method::get,
                       .credentials = account::BasicCredentials{.user_id = "u", .password = "p"},
                       .tag = ""};
  write({unfinished});
  EXPECT_EQ(store_->recording("9900000", unfinished.recording_id).value(), unfinished);
  ASSERT_TRUE(store_->delete_recording("9900000", plain.recording_id));
  EXPECT_EQ(store_->recording("9900000", plain.recording_id).error().code, Code::not_found);
}

TEST_F(Records, ARecordingGoesOnWithoutItsSoundAndItsTranscription) {
  auto recording = samples::recording();
  write({recording});
  ASSERT_TRUE(store_->forget_media("9900000", recording.recording_id));
  recording.status = "deleted";
  recording.object_key = "";
  recording.media_bytes = 0;
  EXPECT_EQ(store_->recording("9900000", recording.recording_id).value(), recording);

  ASSERT_TRUE(store_->forget_transcription("9900000", recording.recording_id));
  recording.transcription.reset();
  EXPECT_EQ(store_->recording("9900000", recording.recording_id).value(), recording);
  EXPECT_EQ(store_->forget_transcription("9900000", recording.recording_id).error().code, Code::not_found);
}

TEST_F(Records, WhatIsForgottenOfADeletedRecordingDoesNotBringItBack) {
  const auto recording = samples::recording();
  write({recording});
  EXPECT_EQ(store_->forget_media("9900001", recording.recording_id).error().code, Code::not_found);
  EXPECT_EQ(store_->forget_transcription("9900001", recording.recording_id).error().code, Code::not_found);
  EXPECT_EQ(store_->recording("9900000", recording.recording_id).value(), recording);
  ASSERT_TRUE(store_->delete_recording("9900000", recording.recording_id));
  EXPECT_EQ(store_->forget_media("9900000", recording.recording_id).error().code, Code::not_found);
  EXPECT_EQ(store_->forget_transcription("9900000", recording.recording_id).error().code, Code::not_found);
  EXPECT_FALSE(store_->recording("9900000", recording.recording_id));
}

TEST_F(Records, AdmissionsAreListedNewestFirst) {
  account::AdmissionRow elsewhere = samples::admission(9);
  elsewhere.application_id = samples::uuid(2);
  write({samples::admission(1), samples::admission(2), elsewhere, samples::admission(3)});
  const auto first = store_->list_admissions(samples::uuid(1), {.limit = 2});
  ASSERT_TRUE(first);
  EXPECT_THAT(first->items, ElementsAre(samples::admission(3), samples::admission(2)));
  const auto second = store_->list_admissions(samples::uuid(1), {.limit = 2, .after = first->next});
  EXPECT_THAT(second->items, ElementsAre(samples::admission(1)));
  EXPECT_EQ(second->next, "");
}

TEST_F(Records, TheAdmissionLogIsBounded) {
  std::vector<Write> batch;
  const int rows = static_cast<int>(limits::kAdmissionLogRowsMax) + 500;
  for (int n = 0; n < rows; ++n) batch.emplace_back(samples::admission(n));
  write(batch);
  const auto page = store_->list_admissions(samples::uuid(1), {.limit = 10'000});
  ASSERT_TRUE(page);
  EXPECT_THAT(page->items, SizeIs(limits::kAdmissionLogRowsMax));
  EXPECT_EQ(page->items.front(), samples::admission(rows - 1));
}

TEST_F(Records, TheWebhookLogIsBounded) {
  std::vector<Write> batch;
  const int rows = static_cast<int>(limits::kWebhookLogRowsMax) + 300;
  for (int n = 0; n < rows; ++n) batch.emplace_back(samples::exchange(n));
  write(batch);
  const auto page = store_->list_webhooks({.account_id = "9900000"}, {.limit = 20'000});
  ASSERT_TRUE(page);
  EXPECT_GE(page->items.size(), limits::kWebhookLogRowsMax);
  EXPECT_LT(page->items.size(), limits::kWebhookLogRowsMax + 128) << "trimmed once in so many";
  EXPECT_EQ(page->items.front().time, samples::exchange(rows - 1).time);
}

TEST_F(Records, ExchangesAreFilteredByCallAndCut) {
  account::WebhookExchange large = samples::exchange(1);
  large.response_body = std::string(limits::kWebhookLogBodyBytesMax - 1, 'a') + "üb";
  write({large, samples::exchange(2), samples::exchange(3)});
  const auto all = store_->list_webhooks({.account_id = "9900000"}, {.limit = 10});
  ASSERT_THAT(all->items, SizeIs(3));
  EXPECT_EQ(all->items[0].time, kNoon + 3ms);
  const auto of_call = store_->list_webhooks({.account_id = "9900000", .call_id = "c-1"}, {.limit = 1});
  ASSERT_THAT(of_call->items, SizeIs(1));
  account::WebhookExchange expected = samples::exchange(3);
  expected.id = of_call->items[0].id;
  EXPECT_EQ(of_call->items[0], expected);
  const auto older = store_->list_webhooks({.account_id = "9900000", .call_id = "c-1"},
                                           {.limit = 1, .after = of_call->next});
  // Cut before the character that does not fit whole.
  EXPECT_EQ(older->items[0].response_body, std::string(limits::kWebhookLogBodyBytesMax - 1, 'a'));
}

TEST_F(Records, APageOfTheWebhookLogIsBoundedByItsBodies) {
  std::vector<Write> batch;
  for (int n = 0; n < 100; ++n) {
    auto full = samples::exchange(n);
    full.request_body = full.response_body = std::string(limits::kWebhookLogBodyBytesMax, 'a');
    batch.emplace_back(full);
  }
  write(batch);
  std::size_t rows = 0;
  std::size_t pages = 0;
  account::PageRequest next{.limit = 1'000};
  do {
    const auto page = store_->list_webhooks({.account_id = "9900000"}, next);
    ASSERT_TRUE(page);
    rows += page->items.size();
    EXPECT_LE(page->items.size() * 2 * limits::kWebhookLogBodyBytesMax, limits::kWebhookPageBytesMax);
    next.after = page->next;
    ++pages;
  } while (!next.after.empty());
  EXPECT_EQ(rows, 100U);
  EXPECT_EQ(pages, 4U);
}

TEST_F(Records, ControlCharactersCountAsTheyAreShown) {
  auto full = samples::exchange(1);
  full.request_body = full.response_body = std::string(limits::kWebhookLogBodyBytesMax, '\x01');
  write(std::vector<Write>(20, Write(full)));
  EXPECT_THAT(store_->list_webhooks({.account_id = "9900000"}, {.limit = 1'000})->items, SizeIs(6));
}

TEST_F(Records, OldOnesAreForgottenAndRecordingsOnceTheirMediaIsGone) {
  account::CallRecord live = samples::call(2);
  live.ended.reset();
  const auto old = samples::recording(1);
  auto silent = samples::recording(2);
  silent.object_key = "";
  silent.transcription.reset();
  auto young = samples::recording(5);  // of a long call
  young.ended = kNoon + 4h;
  auto running = samples::recording(6);
  running.status = "processing";
  running.object_key = "";
  running.ended.reset();
  write({samples::call(1), live, old, silent, young, running, samples::exchange(1)});
  const account::Store::Expiry before{.calls_ended_before = kNoon + 1h,
                                      .recordings_ended_before = kNoon + 3h,
                                      .webhooks_before = kNoon + 1h,
                                      .now = kNoon};
  const auto expired = store_->expire(before);
  ASSERT_TRUE(expired);
  ASSERT_THAT(*expired, SizeIs(2));
  EXPECT_EQ(expired->at(0).recording_id, old.recording_id);
  EXPECT_THAT(expired->at(0).object_keys, ElementsAre("recordings/1", "transcripts/1"));
  EXPECT_EQ(expired->at(1).recording_id, silent.recording_id);
  EXPECT_THAT(expired->at(1).object_keys, SizeIs(0));
  EXPECT_FALSE(store_->call("9900000", samples::call(1).call_id));
  EXPECT_TRUE(store_->call("9900000", live.call_id));
  EXPECT_THAT(store_->list_webhooks({.account_id = "9900000"}, {})->items, SizeIs(0));

  EXPECT_THAT(store_->expire(before).value(), SizeIs(2)) << "until they are forgotten";
  const std::vector<std::string> gone{old.recording_id, silent.recording_id};
  ASSERT_TRUE(store_->forget_recordings(gone));
  EXPECT_FALSE(store_->recording("9900000", old.recording_id));
  EXPECT_FALSE(store_->recording("9900000", silent.recording_id));
  EXPECT_TRUE(store_->recording("9900000", young.recording_id));
  EXPECT_TRUE(store_->recording("9900000", running.recording_id));
}

}  // namespace
}  // namespace portico::store
