// What a start does about the calls and recordings of an earlier life, on a real store and real files.
#include "portico/recovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "async/workers.h"
#include "audio/file_writer.h"
#include "audio/tones.h"
#include "medianode/media_node.h"
#include "medianode/recording_writer.h"
#include "objects/temporary_directory.h"
#include "store/samples.h"
#include "webhook/outbox_entry.h"

namespace portico::app {
namespace {

using store::samples::kNoon;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Everything reaches the store at once.
class Written final : public call::Webhooks, public call::Records {
 public:
  explicit Written(account::Store& store) : store_(store) {}
  void ask(call::RequestId, call::Webhook, call::Sender) override {}
  void tell(call::Webhook) override {}
  void tell_end(call::Webhook webhook, const account::CallRecord& record) override { keep(webhook, record); }
  void tell_end(call::Webhook webhook, const account::RecordingRecord& record) override {
    keep(webhook, record);
  }
  void save(const account::CallRecord& record) override { write(record); }
  void save(const account::RecordingRecord& record) override { write(record); }
  void write(const account::Write& write) { ASSERT_TRUE(store_.write({&write, 1})); }

  std::vector<std::string> told;
  std::vector<std::string> tags;  // of the same; none: "-"

 private:
  template <typename Record>
  void keep(const call::Webhook& webhook, const Record& record) {
    told.push_back(webhook.call_id + " " + std::string(webhook.event.at("eventType").as_string()));
    const auto* tag = webhook.event.if_contains("tag");
    tags.push_back(tag != nullptr ? std::string(tag->as_string()) : "-");
    write(account::EndWrite{.record = record, .event = webhook::make_item(webhook, 15s, kNoon)});
  }

  account::Store& store_;
};

class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() { directory_.put(store::samples::application()); }

  Recovery at(WallTime now) {
    return {.store = *store_,
            .directory = directory_,
            .objects = *objects_,
            .webhooks = written_,
            .records = written_,
            .base_url = "https://voice.example.org",
            .now = now};
  }
  std::size_t look_at(WallTime now, const std::set<std::string>& unfinished = {}) {
    return finish_left_recordings(at(now), unfinished, stopping_).value();
  }
  static account::CallRecord open_call(int n, std::string node) {
    auto call = store::samples::call(n);
    call.state = "answered";
    call.ended.reset();
    call.disconnect_cause.reset();
    call.node = std::move(node);
    return call;
  }
  // A second of sound in the staging directory, and what the store has of it.
  account::RecordingRecord staged_recording() {
    auto recording = store::samples::recording();
    recording.status = "processing";
    recording.file_format = "wav";
    recording.object_key.clear();
    recording.ended.reset();
    recording.duration = Millis(0);
    recording.transcription.reset();
    recording.notice = account::RecordingNotice{.url = "https://example.org/available"};
    const auto path = objects_->staging_path(recording.recording_id + ".wav");
    auto writer = audio::open_wav_writer(path.string(), 8'000, 1);
    EXPECT_TRUE(writer);
    EXPECT_TRUE((*writer)->write(audio::make_sine(8'000, 700, 1s).samples));
    return recording;
  }
  account::RecordingRecord kept(const account::RecordingRecord& recording) {
    return store_->recording(recording.account_id, recording.recording_id).value();
  }

  TemporaryDirectory files_;
  std::unique_ptr<account::Store> store_ = store::samples::open("sqlite::memory:");
  std::unique_ptr<objects::FileStore> objects_ = std::move(*objects::FileStore::open(files_.path()));
  account::Directory directory_;
  Written written_{*store_};
  std::atomic<bool> stopping_{false};
};

TEST_F(RecoveryTest, EndsTheCallsOfAnEarlierLifeUnderAnotherNodeName) {
  written_.write(open_call(1, "host-of-yesterday"));
  ASSERT_EQ(end_orphaned_calls(at(kNoon + 1h)).value(), 1U);
  EXPECT_THAT(written_.told, ElementsAre(store::samples::call(1).call_id + " disconnect"));
  EXPECT_THAT(store_->open_calls("", 9).value(), IsEmpty());
}

TEST_F(RecoveryTest, TellsAnEndOnceThoughTheClockWasSetBack) {
  const auto call = open_call(1, "n1");
  written_.write(call);
  const auto earlier = call.last_update - 1h;
  ASSERT_EQ(end_orphaned_calls(at(earlier)).value(), 1U);
  EXPECT_EQ(end_orphaned_calls(at(earlier)).value(), 0U);
  const auto ended = store_->call(call.account_id, call.call_id).value();
  EXPECT_EQ(ended.state, "disconnected");
  EXPECT_GT(*ended.ended, *ended.answered);
}

TEST_F(RecoveryTest, TellsTheTagThatTheCallHadLast) {
  auto recording = staged_recording();
  recording.notice->tag = "order=7";
  for (const auto& tag : {std::optional<std::string>("order=8"), std::optional<std::string>()}) {
    auto call = open_call(tag ? 1 : 2, "n1");
    call.tag = tag;
    recording.call_id = call.call_id;
    written_.write(call);
    written_.write(recording);
    ASSERT_EQ(end_orphaned_calls(at(kNoon + 1h)).value(), 1U);
    ASSERT_EQ(finish_orphaned_recordings(at(kNoon + 1h)).value(), 1U);
    EXPECT_EQ(store_->call(call.account_id, call.call_id)->tag, tag);
  }
  EXPECT_THAT(written_.tags, ElementsAre("order=8", "order=8", "-", "-"));
}

TEST_F(RecoveryTest, TellsTheTagOfTheNoticeWhereTheCallIsNotKnown) {
  auto recording = staged_recording();
  recording.notice->tag = "order=7";
  written_.write(recording);
  ASSERT_EQ(finish_orphaned_recordings(at(kNoon + 1h)).value(), 1U);
  EXPECT_THAT(written_.tags, ElementsAre("order=7"));
}

TEST_F(RecoveryTest, KeepsWhatAKilledCallHadRecorded) {
  const auto recording = staged_recording();
  written_.write(recording);
  ASSERT_EQ(finish_orphaned_recordings(at(kNoon + 1h)).value(), 1U);
  EXPECT_EQ(kept(recording).status, "partial");
  EXPECT_EQ(kept(recording).duration, 1s);
  EXPECT_TRUE(objects_->find(kept(recording).object_key));
  EXPECT_THAT(written_.told, ElementsAre(recording.call_id + " recordingAvailable"));
}

TEST_F(RecoveryTest, LooksAfterWhatACallHadToLetGoBeforeItWasStored) {
  auto recording = staged_recording();
  written_.write(recording);
  EXPECT_EQ(look_at(kNoon + 24h), 0U) << "its call has it still";
  recording.ended = kNoon + 10s;
  recording.duration = 1s;
  written_.write(recording);
  EXPECT_EQ(look_at(kNoon + 60s), 0U) << "it may still be written";
  ASSERT_EQ(look_at(kNoon + 310s), 1U);
  EXPECT_EQ(kept(recording).status, "complete");
  EXPECT_EQ(kept(recording).ended, kNoon + 10s) << "with its pauses";
  EXPECT_TRUE(objects_->find(kept(recording).object_key));
  EXPECT_EQ(look_at(kNoon + 320s), 0U);
  EXPECT_THAT(written_.told, ElementsAre(recording.call_id + " recordingAvailable"));
}

TEST_F(RecoveryTest, LeavesWhatStillWaitsForTheDiskHoweverLongThatHangs) {
  async::Workers workers(1);
  std::promise<void> hangs;
  ASSERT_TRUE(workers.run([over = hangs.get_future().share()] { over.wait(); }));
  medianode::RecordingWriter writer(workers);
  auto recording = staged_recording();
  recording.ended = kNoon + 10s;
  written_.write(recording);
  const auto path = objects_->staging_path(recording.recording_id + ".wav").string();
  std::filesystem::remove(path);
  media::FileChunk last{.port = 1, .record = recording.recording_id, .path = path};
  last.samples = audio::make_sine(8'000, 700, 2s).samples;
  last.closed = media::RecordingClosed{.port = 1, .record = recording.recording_id, .path = path};
  writer.write(std::move(last), std::make_shared<const medianode::EventSink>([](media::Event) {}));
  EXPECT_EQ(look_at(kNoon + 1h, writer.unfinished()), 0U);
  EXPECT_THAT(written_.told, IsEmpty());
  hangs.set_value();
  while (!writer.unfinished().empty()) std::this_thread::yield();
  EXPECT_EQ(look_at(kNoon + 2h, writer.unfinished()), 1U);
  EXPECT_EQ(kept(recording).duration, 2s);
}

TEST_F(RecoveryTest, SweepsNoSoundOfARecordingBehindTheFirstPage) {
  const auto last = staged_recording();
  std::vector<account::Write> batch{last};
  for (int n = 0; n < 1'000; ++n) {
    auto silent = last;
    silent.recording_id = "q-" + std::to_string(n);  // comes before
    batch.emplace_back(silent);
  }
  ASSERT_TRUE(store_->write(batch));
  EXPECT_EQ(finish_orphaned_recordings(at(kNoon + 1h)).value(), 1'001U);
  EXPECT_EQ(kept(last).status, "partial");
  EXPECT_TRUE(objects_->find(kept(last).object_key));
}

TEST_F(RecoveryTest, WhatAKilledCallHadStoredIsWhole) {
  const auto recording = staged_recording();
  written_.write(recording);
  const auto name = recording.recording_id + ".wav";
  ASSERT_TRUE(objects_->put(objects_->staging_path(name), recording.account_id + "/" + name));
  ASSERT_EQ(finish_orphaned_recordings(at(kNoon + 1h)).value(), 1U);
  EXPECT_EQ(kept(recording).status, "complete");
}

TEST_F(RecoveryTest, SaysOfWhatIsStoredAlreadyWhetherItIsWhole) {
  for (const auto& [duration, status] :
       {std::pair(Millis(0), "partial"), std::pair(Millis(1'000), "complete")}) {
    auto recording = staged_recording();
    recording.ended = kNoon + 10s;
    recording.duration = duration;  // none: pieces are missing
    written_.write(recording);
    const auto name = recording.recording_id + ".wav";
    ASSERT_TRUE(objects_->put(objects_->staging_path(name), recording.account_id + "/" + name));
    ASSERT_EQ(look_at(kNoon + 1h), 1U);
    EXPECT_EQ(kept(recording).status, status);
    EXPECT_EQ(kept(recording).duration, 1s);
  }
}

TEST_F(RecoveryTest, LooksAfterNothingOnceTheServerStops) {
  auto recording = staged_recording();
  recording.ended = kNoon + 10s;
  written_.write(recording);
  stopping_ = true;
  EXPECT_EQ(look_at(kNoon + 1h), 0U);
  EXPECT_EQ(kept(recording).status, "processing") << "left to the next start";
}

TEST_F(RecoveryTest, TriesAgainWhatStillCannotBeStored) {
  auto recording = staged_recording();
  recording.ended = kNoon + 10s;
  written_.write(recording);
  write_file(files_.path() / recording.account_id, "in the place of the directory");
  EXPECT_EQ(look_at(kNoon + 1h), 0U);
  EXPECT_THAT(written_.told, IsEmpty());
  std::filesystem::remove(files_.path() / recording.account_id);
  EXPECT_EQ(look_at(kNoon + 1h), 1U);
  EXPECT_EQ(kept(recording).status, "partial") << "nobody saw it closed";
}

}  // namespace
}  // namespace portico::app
