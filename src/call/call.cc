#include "call/call.h"

#include <utility>

#include "base/ids.h"
#include "base/log.h"
#include "base/utf8.h"
#include "call/event_fields.h"

namespace portico::call {
namespace {

constexpr std::size_t kReasonBytesMax = 128;  // of a peer's text, in a line of the log

}  // namespace

Call::Call(Environment& environment, Inbound inbound)
    : environment_(environment),
      began_(environment.loop.now()),
      inbox_(environment.loop, ends_call),
      record_(first_record(environment.node, inbound)),
      application_(std::move(inbound.application)),
      initiate_extras_(std::move(inbound.initiate_extras)),
      offer_(std::move(inbound.offer)),
      signalling_source_(inbound.source),
      signalling_encrypted_(inbound.signalling_encrypted),
      recordings_(*this) {}

Call::~Call() = default;

void Call::let_go() noexcept {
  try {
    close_port();
  } catch (const std::bad_alloc&) {
  }
}

async::Task<std::optional<Event>> Call::next(TimePoint deadline) {
  while (!interrupted()) {
    // Here, not at each change: a document may hold a thousand, and only the one that lasts matters.
    if (tag_unsaved_) save();
    auto event = co_await inbox_.receive(deadline);
    if (!event) co_return std::nullopt;
    if (!absorb(*event)) co_return event;
  }
  co_return std::nullopt;
}

async::Task<> Call::pause(Duration span) {
  const auto until = now() + span;
  while (!interrupted() && now() < until) {
    auto event = co_await next(until);
    (void)event;  // nothing that may come ends a pause but an interruption
  }
}

Outcome Call::end(Cause cause, std::string message, std::string_view by) {
  if (!ending_) {
    if (by.empty()) by = cause == Cause::hangup ? "document" : "fault";
    ending_ = Ending{.cause = cause, .message = std::move(message), .by = by};
    if (cause != Cause::hangup && cause != Cause::cancel) {
      record_.error_id = new_uuid();
      log::warn("call ends by an error", {{"callId", id()},
                                          {"cause", cause_name(cause)},
                                          {"errorId", *record_.error_id},
                                          {"message", ending_->message}});
    }
  }
  return Outcome::over;
}

void Call::change_tag(const bxml::TagChange& change) {
  if (!change) return;
  auto changed = change->empty() ? bxml::TagChange() : change;
  if (changed == record_.tag) return;
  record_.tag = std::move(changed);
  tag_unsaved_ = true;
}

boost::json::object Call::event(std::string_view type) const {
  return common_fields(record_, environment_.base_url, type, wall());
}

void Call::save() {
  tag_unsaved_ = false;
  record_.last_update = wall();
  environment_.records.save(record_);
}

bool Call::absorb(Event& event) {
  if (const auto* ended = std::get_if<LegEnded>(&event)) return absorb_leg_end(*ended);
  if (const auto* confirmed = std::get_if<LegConfirmed>(&event)) {
    absorb_confirmation(*confirmed);
    return false;  // ensure_answered() waits for it
  }
  if (const auto* offer = std::get_if<LegOffer>(&event)) {
    answer_offer(*offer);
    return true;
  }
  if (const auto* answer = std::get_if<LegAnswer>(&event)) {
    settle_refresh(*answer);
    return true;
  }
  if (const auto* pressed = std::get_if<LegDigit>(&event)) {
    const bool heard = port_open_ && !ending_;
    return absorb_digit(
        {.digit = pressed->digit,
         .source = media::DigitSource::sip_info,
         .noted = heard ? send(media::NoteDigit{.digit = pressed->digit}) : media::kNeverNoted});
  }
  if (auto* from_media = std::get_if<media::Event>(&event)) return absorb_media(*from_media);
  if (const auto* stored = std::get_if<RecordingStored>(&event)) return recordings_.on_stored(*stored);
  if (std::holds_alternative<WebhookAnswer>(event)) {
    if (open_questions_ > 0) --open_questions_;
    return false;
  }
  if (std::holds_alternative<Shutdown>(event)) {
    if (answered()) {
      end(Cause::hangup, {}, "shutdown");
    } else {  // another node may take the call
      end(Cause::node_capacity_exceeded, "the node is shutting down", "shutdown");
    }
    return true;
  }
  return absorb_api(event);
}

bool Call::absorb_leg_end(const LegEnded& ended) {
  switch (ended.why) {
    case LegEnded::Why::hangup:
      end(Cause::hangup, {}, "peer");
      break;
    case LegEnded::Why::cancelled:
      end(Cause::cancel, {}, "peer");
      break;
    case LegEnded::Why::no_ack:
      end(Cause::error, "no ACK came for our answer within 32 s");
      break;
    case LegEnded::Why::expired:
      end(Cause::error, ended.reason);
      break;
    case LegEnded::Why::gone:
      end(Cause::error, "no RTP and no RTCP came from the party for 60 s, and " + ended.reason);
      break;
    case LegEnded::Why::failed:
      end(Cause::error, ended.reason);
      break;
  }
  ending_->leg_gone = true;
  const bool said = ended.why == LegEnded::Why::hangup || ended.why == LegEnded::Why::cancelled;
  if (said && !ended.reason.empty())
    log::info("the party says why",
              {{"callId", id()}, {"reason", first_bytes(ended.reason, kReasonBytesMax)}});
  return true;
}

bool Call::absorb_media(media::Event& event) {
  if (const auto* digit = std::get_if<media::Digit>(&event))
    return absorb_digit({.digit = digit->digit, .source = digit->source, .judged = digit->noted});
  if (const auto* quality = std::get_if<media::Quality>(&event)) {
    note_quality(*quality);
    return true;
  }
  if (const auto* lost = std::get_if<media::PortLost>(&event)) {
    end(std::exchange(port_open_, false) ? Cause::error : Cause::node_capacity_exceeded,
        "media port lost: " + lost->reason);
    quality_due_ = false;
    return true;
  }
  if (std::holds_alternative<media::CommandLost>(event)) {
    end(Cause::error, "the media thread is overloaded");
    return true;
  }
  if (const auto* silent = std::get_if<media::MediaTimeout>(&event)) {
    absorb_silence(*silent);
    return true;
  }
  if (const auto* over = std::get_if<media::RecordingEnded>(&event)) {
    recordings_.on_ended(*over);
    return false;  // the Record verb waits for it too
  }
  if (const auto* closed = std::get_if<media::RecordingClosed>(&event)) {
    recordings_.on_closed(*closed);
    return false;  // and for this, which is all that is told of one that could not begin
  }
  return false;
}

// A party may be silent on purpose, and many send no RTCP; only one that does not answer either is gone
// (voice-applications.md 5.4).
void Call::absorb_silence(const media::MediaTimeout& silent) {
  if (!silent.rtp_in && !silent.rtp_out) return;
  const bool gone = silent.rtp_in && silent.rtcp_in;
  const auto* const inbound = silent.rtp_out ? "both" : "inbound";
  log::write(gone ? log::Level::warn : log::Level::info, "media timeout",
             {{"callId", id()}, {"silent", silent.rtp_in ? inbound : "outbound"}, {"rtcp", !silent.rtcp_in}});
  if (gone) leg_->probe();
}

// One-way sound, or none, is in these numbers.
void Call::note_quality(const media::Quality& quality) {
  if (!quality.final) return;
  quality_due_ = false;
  if (!negotiated_) return;
  const auto& events = negotiated_->telephone_events;
  log::info("call media", {{"callId", id()},
                           {"codec", codec_name(negotiated_->audio.codec)},
                           {"events", events.empty() ? 0 : events.front().receive_payload_type},
                           {"remote", negotiated_->remote_rtp.to_string()},
                           {"received", quality.packets_received},
                           {"lost", quality.packets_lost},
                           {"strangers", quality.strangers},
                           {"jitterMs", quality.jitter.count()},
                           {"sent", quality.packets_sent},
                           {"lostThere", quality.remote_lost}});
}

bool Call::absorb_digit(const media::DigitReport& report) {
  if (ending_) return true;  // nobody waits for it any more
  if (!digits_.gate().passes(now(), report)) return true;
  if (const auto* callback = digits_.webhook()) {
    auto pressed = event("dtmf");
    pressed["digit"] = std::string(1, report.digit);
    tell(std::move(pressed), *callback);
  }
  return !digits_.for_verb();
}

}  // namespace portico::call
