#pragma once
// A call among ports that do what the test says, on time that the test moves.

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "account/recording_record.h"
#include "async/manual_loop.h"
#include "async/scope.h"
#include "call/call.h"

namespace portico::call {

inline constexpr const char* kOffer =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";

// What a leg was told to do, in order: "answer", "reject 603", "bye".
struct LegLog {
  std::vector<std::string> said;
  std::string last_sdp;
  std::string bye_reason;
  bool out_of_memory = false;  // when it is to hang up
  bool cancelled = false;      // what it is to answer is over
};

class TestLeg final : public Leg {
 public:
  explicit TestLeg(LegLog& log) : log_(log) {}
  void ring() override { log_.said.push_back("ring"); }
  bool answer(std::string sdp) override {
    if (log_.cancelled) return false;
    log_.said.push_back("answer");
    log_.last_sdp = std::move(sdp);
    return true;
  }
  void reject(int status, std::string) override { log_.said.push_back("reject " + std::to_string(status)); }
  void hangup(std::string reason) override {
    if (log_.out_of_memory) throw std::bad_alloc();
    log_.bye_reason = std::move(reason);
    log_.said.push_back("bye");
  }
  bool answer_offer(std::string sdp) override {
    if (log_.cancelled) return false;
    log_.said.push_back("answer offer");
    log_.last_sdp = std::move(sdp);
    return true;
  }
  void refuse_offer(int status, std::string) override {
    log_.said.push_back("refuse offer " + std::to_string(status));
  }
  void probe() override { log_.said.push_back("probe"); }

 private:
  LegLog& log_;
};

// Opens ports at once, plays every sound for one second, closes recordings when stopped.
class TestMedia final : public Media {
 public:
  explicit TestMedia(async::Loop& loop) : loop_(loop) {}
  void open(const Open& request, Sender events) override {
    ++opened;
    events_ = std::move(events);
    if (before_ready) before_ready();
    events_.post(media::Ready{.port = request.port,
                              .local_rtp = {.ip = IpAddress::v4(0x7F000001), .port = 20000},
                              .local_rtcp = {.ip = IpAddress::v4(0x7F000001), .port = 20001}});
  }
  void send(media::Command command) override {
    if (const auto* play = std::get_if<media::Play>(&command)) start(*play);
    if (const auto* stop = std::get_if<media::Stop>(&command)) finish(stop->play, media::PlayEnd::stopped);
    if (const auto* record = std::get_if<media::Record>(&command)) recording = record->record;
    if (const auto* stop = std::get_if<media::StopRecord>(&command))
      close(stop->record, media::RecordEnd::stopped);
    if (const auto* sent = std::get_if<media::SendDigits>(&command)) {
      digits = sent->seq;
      if (sends_digits_at_once) digits_sent(digits);
    }
    if (std::holds_alternative<media::StopDigits>(command) && digits != 0) digits_sent(digits, false);
    if (std::holds_alternative<media::Close>(command) && !recording.empty()) {
      close(recording, media::RecordEnd::hangup);
    }
    if (std::holds_alternative<media::Close>(command) && tells_quality)
      events_.post(media::Quality{.final = true});
    commands.push_back(std::move(command));
  }
  // `noted`: seq of the last NoteDigit that the port knew by then.
  void digit(char d, std::uint64_t noted = 0) { events_.post(media::Digit{.digit = d, .noted = noted}); }
  void close(std::string id, media::RecordEnd end, std::uint64_t samples = 12'000) {
    if (recording != id) return;
    recording.clear();
    const Millis duration(static_cast<std::int64_t>(samples / 8));
    events_.post(media::RecordingClosed{.record = id, .end = end, .duration = duration, .samples = samples});
  }
  void digits_sent(std::uint64_t seq, bool all = true) {
    digits = 0;
    events_.post(media::DigitsSent{.seq = seq, .sent = all});
  }
  template <typename Command>
  std::size_t count() const {
    std::size_t n = 0;
    for (const auto& c : commands) n += std::holds_alternative<Command>(c) ? 1 : 0;
    return n;
  }
  Sender& events() { return events_; }

  std::vector<media::Command> commands;
  std::string recording;
  bool sends_digits_at_once = true;
  bool tells_quality = true;
  std::size_t opened = 0;
  std::function<void()> before_ready;  // while a port is being opened
  std::uint64_t digits = 0;            // the SendDigits under way

 private:
  void start(const media::Play& play) {
    playing_[play.play] =
        loop_.call_at(loop_.now() + 1s, [this, id = play.play] { finish(id, media::PlayEnd::completed); });
  }
  void finish(media::PlayId id, media::PlayEnd end) {
    const auto it = playing_.find(id);
    if (it == playing_.end()) return;
    loop_.cancel(it->second);
    playing_.erase(it);
    events_.post(media::PlayEnded{.play = id, .end = end});
  }

  async::Loop& loop_;
  Sender events_;
  std::map<media::PlayId, async::TimerId> playing_;
};

class TestRecords final : public Records {
 public:
  void save(const account::CallRecord& record) override {
    last = record;
    ++saves;
  }
  void save(const account::RecordingRecord& record) override { recordings.push_back(record); }
  account::CallRecord last;
  std::size_t saves = 0;  // of the call's record
  std::vector<account::RecordingRecord> recordings;
};

// Answers by path, at once; a path without an answer waits until the test gives one.
class TestWebhooks final : public Webhooks {
 public:
  explicit TestWebhooks(Records& kept) : records(kept) {}
  void ask(RequestId request, Webhook webhook, Sender answers) override {
    const auto path = webhook.target.url.substr(webhook.target.url.rfind('/'));
    asked.push_back(webhook);
    waiting_ = {request, answers};
    const auto it = replies.find(path);
    if (it == replies.end()) return;
    reply(it->second);
  }
  void tell(Webhook webhook) override { told.push_back(std::move(webhook)); }
  void tell_end(Webhook webhook, const account::CallRecord& record) override {
    records.save(record);
    tell(std::move(webhook));
  }
  void tell_end(Webhook webhook, const account::RecordingRecord& record) override {
    records.save(record);
    tell(std::move(webhook));
  }

  void reply(const std::string& document) {
    waiting_.second.post(
        WebhookAnswer{.request = waiting_.first,
                      .reply = WebhookAnswer::Reply{.body = document, .url = "http://app.example/x"}});
  }
  void fail_now(Code code = Code::timeout, const char* what = "no answer in 15 s") {
    waiting_.second.post(WebhookAnswer{.request = waiting_.first, .reply = fail(code, what)});
  }

  // The question that was asked last: an answer to it may come later than another's.
  RequestId last_request() const { return waiting_.first; }

  std::vector<std::string> told_types() const {
    std::vector<std::string> out;
    for (const auto& webhook : told) out.emplace_back(webhook.event.at("eventType").as_string());
    return out;
  }
  std::vector<std::string> asked_types() const {
    std::vector<std::string> out;
    for (const auto& webhook : asked) out.emplace_back(webhook.event.at("eventType").as_string());
    return out;
  }
  std::string told_field(std::size_t i, const char* field) const {
    return std::string(told.at(i).event.at(field).as_string());
  }

  std::map<std::string, std::string> replies;  // path -> document
  std::vector<Webhook> asked;
  std::vector<Webhook> told;
  Records& records;

 private:
  std::pair<RequestId, Sender> waiting_;
};

class TestSounds final : public Sounds {
 public:
  void speak(RequestId request, const Utterance& utterance, Sender answers) override {
    spoken.push_back(utterance.ssml);
    last_utterance = utterance;
    answers.post(ready(request, utterance.ssml));
  }
  void fetch(RequestId request, const AudioFetch& fetch, Sender answers) override {
    if (fetch.url.ends_with(".ogg")) {
      answers.post(
          SoundReady{.request = request, .sound = fail(Code::unsupported, "only WAV and MP3 can be played")});
      return;
    }
    if (fetch.url.ends_with("/slow.wav")) {
      slow_ = [=, this] { answers.post(ready(request, fetch.url)); };
      return;
    }
    answers.post(ready(request, fetch.url));
  }
  void answer_slow() { slow_(); }
  long holders() const { return held_.use_count() - 1; }
  std::vector<std::string> spoken;
  Utterance last_utterance;

 private:
  SoundReady ready(RequestId request, const std::string& key) {
    return {.request = request,
            .sound = SoundReady::Sound{.key = key, .length = Millis(1000), .hold = held_}};
  }
  std::shared_ptr<int> held_ = std::make_shared<int>(0);
  std::function<void()> slow_;
};

class TestObjects final : public Objects {
 public:
  std::string staging_path(std::string_view id, std::string_view format) override {
    return "/staging/" + std::string(id) + "." + std::string(format);
  }
  void store_recording(RequestId request, StagedRecording staged, Sender answers) override {
    stored.push_back(staged.object_key);
    waiting_.emplace_back(request, answers);
    if (!slow) store_all();
  }
  void store_all() {
    for (auto& [request, answers] : std::exchange(waiting_, {})) {
      answers.post(RecordingStored{.request = request, .bytes = answer});
    }
  }
  std::vector<std::string> stored;
  Result<std::uint64_t> answer = 1234;
  bool slow = false;  // until store_all()

 private:
  std::vector<std::pair<RequestId, Sender>> waiting_;
};

class CallTest : public testing::Test {
 protected:
  CallTest() {
    application_ = std::make_shared<account::Application>();
    application_->id = "0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10";
    application_->account_id = "1000001";
    application_->callbacks.initiated_url = "http://app.example/initiate";
    application_->callbacks.status_url = "http://app.example/status";
  }

  // Starts the call; `document` is what /initiate answers (nothing: it waits).
  void start(const char* document = nullptr, const std::optional<std::string>& offer = kOffer) {
    if (document != nullptr) webhooks_.replies["/initiate"] = document;
    Inbound inbound{.call_id = "c-1a2b3c4d-6f0d3c1e-1f52-4a8e-9d0a-3b5f6c7d8e9f",
                    .application = application_,
                    .from = "+15551230001",
                    .to = "sip:7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11@sip.example.org",
                    .sip_call_id = "abc@pbx",
                    .offer = offer,
                    .source = *parse_ip("192.0.2.9"),
                    .signalling_encrypted = secure_,
                    .arrived = loop_.wall()};
    call_ = std::make_unique<Call>(environment_, std::move(inbound));
    call_->attach(std::make_unique<TestLeg>(leg_));
    scope_.start(host());
    loop_.run_ready();
  }
  async::Task<> host() {
    try {
      auto run = call_->run();
      co_await std::move(run);
      auto rest = call_->settle();
      co_await std::move(rest);
    } catch (const std::bad_alloc&) {
      call_->let_go();
      broken_ = true;
    }
  }
  void start_answered(const char* document, const std::string& offer = kOffer) {
    start(document, offer);
    confirm();
  }
  void confirm() {
    call_->sender().post(LegConfirmed{});
    loop_.run_ready();
  }
  void digit(char d, std::uint64_t noted = 0) {
    media_.digit(d, noted);
    loop_.run_ready();
  }
  void hang_up_by_peer(LegEnded::Why why = LegEnded::Why::hangup, const char* reason = "") {
    call_->sender().post(LegEnded{.why = why, .reason = reason});
    loop_.run_ready();
  }
  bool ended() const { return scope_.size() == 0; }
  std::string cause() const { return records_.last.disconnect_cause.value_or("none"); }

  async::ManualLoop loop_;
  TestMedia media_{loop_};
  TestRecords records_;
  TestWebhooks webhooks_{records_};
  TestSounds sounds_;
  TestObjects objects_;
  Environment environment_{.loop = loop_,
                           .media = media_,
                           .webhooks = webhooks_,
                           .sounds = sounds_,
                           .objects = objects_,
                           .records = records_,
                           .base_url = "http://portico.example",
                           .inline_base_url = "http://portico.example",
                           .node = "n1"};
  std::shared_ptr<account::Application> application_;
  LegLog leg_;
  bool secure_ = false;  // the INVITE came over TLS
  bool broken_ = false;  // the call ended by an exception
  std::unique_ptr<Call> call_;
  async::Scope scope_{loop_};
};

}  // namespace portico::call
