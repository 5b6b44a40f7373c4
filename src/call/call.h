#pragma once
// One call: an admitted INVITE and what becomes of it. A Call holds the state that verbs work on and the
// words they are written in (next, ask, play); run.cc is the call from first to last. Everything runs on the
// loop of the Environment; only sender() may be used elsewhere.

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "account/call_record.h"
#include "async/inbox.h"
#include "async/task.h"
#include "bxml/document.h"
#include "call/digits.h"
#include "call/ending.h"
#include "call/environment.h"
#include "call/events.h"
#include "call/inbound.h"
#include "call/recordings.h"
#include "sdp/negotiated.h"

namespace portico::call {

// What a verb leaves behind.
enum class Outcome : unsigned char {
  next,      // go on with the verb after it
  replaced,  // a new document waits: the rest of this one is dead
  over,      // the call has an Ending
};

class Call {
 public:
  Call(Environment& environment, Inbound inbound);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const std::string& id() const { return record_.call_id; }
  Sender sender() { return inbox_.sender(); }
  void attach(std::unique_ptr<Leg> leg) { leg_ = std::move(leg); }  // once, before run()

  // The call from the `initiate` webhook to its end, which `disconnect` has told.
  async::Task<> run();
  // After run(): waits for the last word of its media and for recordings that are not stored yet, for a
  // while.
  async::Task<> settle();
  // After a run() that ended by an exception: closes the media port if that is left.
  void let_go() noexcept;

  // --- waiting: for verbs ---

  // The next event that a verb may care about; what concerns the call as a whole was dealt with. Nothing: the
  // deadline passed, or interrupted().
  async::Task<std::optional<Event>> next(TimePoint deadline = kNever);
  // The answer to `request`, as the event type that carries it. Nothing: interrupted().
  template <typename Answer>
  async::Task<std::optional<Answer>> answer_to(RequestId request);
  async::Task<> pause(Duration span);  // returns early when interrupted()
  bool interrupted() const { return ending_.has_value() || replacement_; }

  // --- ending ---

  // The first reason counts. Returns Outcome::over, so that a verb can `co_return call.end(…)`.
  Outcome end(Cause cause, std::string message = {}, std::string_view by = {});
  const std::optional<Ending>& ending() const { return ending_; }

  // --- the customer's backend ---

  // Fields every event has (webhooks.md 4.1).
  boost::json::object event(std::string_view type) const;
  // Asks for a document; on success it waits and the outcome is `replaced`.
  async::Task<Outcome> ask(boost::json::object event, const bxml::Callback& callback);
  void tell(boost::json::object event, const bxml::Callback& callback);
  // Saves a recording that has ended and tells so, where it is wanted.
  void save_and_tell_available(const account::RecordingRecord& record, const bxml::Callback& callback);
  void change_tag(const bxml::TagChange& change);

  // --- signalling and sound ---

  bool answered() const { return record_.answered.has_value(); }
  async::Task<bool> ensure_answered();  // and acknowledged; false: interrupted()
  Leg& leg() { return *leg_; }
  std::uint64_t send(media::Command command);  // fills in port and sequence number, which it returns
  // Plays the sounds one after another until they end, or a digit comes and the digit mode says so.
  struct Played {
    media::PlayEnd end = media::PlayEnd::completed;
    std::string reason;
  };
  media::PlayId start_playing(std::vector<media::Sound> sounds, bool loop = false);
  void stop_playing(media::PlayId play);
  async::Task<std::optional<Played>> play(std::vector<media::Sound> sounds);
  // The sounds of prompts, fetched and spoken at once; they can be played as long as the result lives.
  // `unwanted` is shown what else happens meanwhile; says it yes, there is nothing to play any more. Nothing:
  // interrupted, or the call was ended with the reason.
  struct Prepared {
    std::vector<media::Sound> sounds;
    std::vector<SoundHold> holds;
  };
  async::Task<std::optional<Prepared>> prepare(const std::vector<bxml::Prompt>& prompts,
                                               std::function<bool(const Event&)> unwanted = {});

  Digits& digits() { return digits_; }
  Recordings& recordings() { return recordings_; }

  // Whether the log has room for a line on what the document or the peer asked for, which they may do without
  // an end: 50 a second for the calls of this thread. Takes it.
  bool may_note() const;

  RequestId new_request() { return ++last_request_; }
  TimePoint now() const { return environment_.loop.now(); }
  // The wall clock of when the call came, moved on: where the wall clock jumps, a call's times still agree.
  WallTime wall() const { return record_.created + std::chrono::duration_cast<Millis>(now() - began_); }
  Environment& environment() { return environment_; }
  const account::CallRecord& record() const { return record_; }
  const account::Application& application() const { return *application_; }
  const std::optional<std::string>& tag() const { return record_.tag; }
  media::PortId port() const { return port_; }

 private:
  using Replacement = std::variant<Redirect, std::shared_ptr<const bxml::Document>>;

  // Not inlined: their frames would be part of run()'s and stay for as long as the call. For the same reason
  // begin(), end_by() and note_begin_of() are functions: what a line of the log needs for a moment.
  [[gnu::noinline]] async::Task<Outcome> first_document();
  [[gnu::noinline]] async::Task<Outcome> carry_out_document();
  [[gnu::noinline]] async::Task<Outcome> take_replacement();
  void begin();
  void end_by(const std::exception& e);
  void finish();
  void close_port();  // once
  void save_and_tell_disconnect();
  void note_begin_of(const bxml::Verb& verb) const;
  bool guard_redirects(const bxml::Document& document);

  // True when the event was dealt with here and concerns no verb.
  bool absorb(Event& event);
  void absorb_confirmation(const LegConfirmed& confirmed);
  bool absorb_leg_end(const LegEnded& ended);
  bool absorb_media(media::Event& event);
  void absorb_silence(const media::MediaTimeout& silent);
  void note_quality(const media::Quality& quality);
  bool absorb_digit(const media::DigitReport& report);
  bool absorb_api(Event& event);
  Result<void> may_change() const;
  Result<void> take(Redirect& redirect);
  Result<void> take(const ReplaceDocument& replace);
  Result<void> take(const SetRecordingState& wanted);
  Result<void> complete();
  void answer_offer(const LegOffer& offer);
  void offer_again(bool secure);  // where the peer asks for an offer of ours
  void settle_refresh(const LegAnswer& answer);

  async::Task<bool> open_port();
  bool settle_offer();                            // makes the SDP that answer() sends
  void settle_answer(const std::string& answer);  // of a late offer
  void configure_media(sdp::Negotiated negotiated);
  sdp::Policy sdp_policy() const;  // the application's, where it is stricter than the deployment's
  sdp::LocalMedia local_media(bool with_keys);
  Result<bxml::Document> parse_document(const WebhookAnswer::Reply& reply);
  Result<bxml::Document> parse_document(std::string_view text, const std::string& base_url);
  // The same without a line of the log where it is invalid: who pushed it is told.
  Result<bxml::Document> read_document(std::string_view text, const std::string& base_url,
                                       bool may_be_empty) const;
  void save();

  Environment& environment_;
  const TimePoint began_;
  std::unique_ptr<Leg> leg_;
  async::Inbox<Event> inbox_;
  account::CallRecord record_;
  const std::shared_ptr<const account::Application> application_;  // as it was when the call was admitted
  std::optional<Ending> ending_;
  std::unique_ptr<Replacement> replacement_;        // large, and rare
  std::shared_ptr<const bxml::Document> document_;  // being carried out, or to be carried out next
  std::string last_document_url_;                   // base for pushed ones; empty: none was fetched
  unsigned open_questions_ = 0;                     // those that nobody waits for any more included
  std::uint16_t redirects_in_a_row_ = 0;            // 16 bits are room for kRedirectChainMax
  bool tag_unsaved_ = false;
  TimePoint redirects_since_{};

  media::PortId port_ = 0;
  std::uint64_t media_seq_ = 0;
  media::PlayId last_play_ = 0;
  RequestId last_request_ = 0;
  boost::json::object initiate_extras_;  // until the first document is asked for
  std::optional<std::string> offer_;     // the INVITE's, until it is answered
  std::uint64_t sdp_session_ = 0;
  std::optional<sdp::Negotiated> negotiated_;
  std::string local_sdp_;
  Endpoint local_rtp_;
  Endpoint local_rtcp_;
  IpAddress signalling_source_;     // where the last offer came from
  bool signalling_encrypted_;       // an SDES key did not travel in the clear
  bool late_offer_secure_ = false;  // it went over TLS
  bool late_offer_open_ = false;    // our offer is out, its answer comes with an ACK
  bool confirmed_ = false;          // the ACK to our 200 came
  bool port_open_ = false;
  bool port_closed_ = false;
  bool quality_due_ = false;  // the port is to be closed and its last word not come

  Digits digits_;
  Recordings recordings_;
};

template <typename Answer>
async::Task<std::optional<Answer>> Call::answer_to(RequestId request) {
  while (!interrupted()) {
    auto event = co_await next();
    if (!event) break;
    if (auto* answer = std::get_if<Answer>(&*event); answer != nullptr && answer->request == request) {
      co_return std::move(*answer);
    }
  }
  co_return std::nullopt;
}

}  // namespace portico::call
