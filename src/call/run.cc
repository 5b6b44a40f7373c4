// The call from first to last.

#include <limits>

#include "base/ids.h"
#include "base/limits.h"
#include "base/log.h"
#include "call/call.h"
#include "call/event_fields.h"
#include "call/inline_documents.h"
#include "call/verbs/verbs.h"

namespace portico::call {
namespace {

constexpr auto kQualityWait = 5s;         // for what the media have to say after the end
constexpr auto kRecordingsWait = 30s;     // for files to be closed and stored after the end
constexpr std::size_t kVerbsAtOnce = 64;  // then others have their turn, whatever the verbs ask of the media

// One a signalling thread, as everything of its calls.
InlineDocuments& inline_documents() {
  thread_local InlineDocuments documents;
  return documents;
}

}  // namespace

void Call::begin() {
  log::info("call begins", {{"callId", id()},
                            {"applicationId", record_.application_id},
                            {"from", record_.from},
                            {"sipCallId", record_.sip_call_id}});
  save();
}

// What needs room for a moment only is not in here: the frame is there as long as the call.
async::Task<> Call::run() {
  begin();
  try {
    auto outcome = co_await first_document();
    while (!ending_) {
      if (replacement_) {
        outcome = co_await take_replacement();
      } else if (outcome == Outcome::replaced) {
        outcome = co_await carry_out_document();
      } else {
        break;
      }
    }
  } catch (const std::exception& e) {
    end_by(e);
  }
  finish();
}

// For want of memory, say. The caller is told all the same, and the backend.
void Call::end_by(const std::exception& e) {
  if (!ending_) ending_ = Ending{.cause = Cause::error, .by = "fault"};
  try {
    log::error("a call ended by an exception", {{"callId", id()}, {"what", e.what()}});
    if (ending_->cause == Cause::hangup || ending_->cause == Cause::cancel) return;  // it had ended before
    if (ending_->message.empty()) ending_->message = "an internal error";
    if (!record_.error_id) record_.error_id = new_uuid();
  } catch (const std::bad_alloc&) {  // then it ends without them
  }
}

async::Task<Outcome> Call::first_document() {
  const auto extras = std::exchange(initiate_extras_, {});
  const auto& callbacks = application().callbacks;
  if (callbacks.initiated_url.empty()) {
    const auto& text = application().inline_bxml;
    if (text.empty())
      co_return end(Cause::callback_error,
                    "the application has neither callInitiatedCallbackUrl nor inlineBxml");
    const auto base_url = environment_.inline_base_url + "/";
    document_ = inline_documents().find(application().id, text, base_url);
    if (document_) co_return Outcome::replaced;
    auto document = parse_document(text, base_url);
    if (!document) co_return end(Cause::invalid_bxml, document.error().what);
    document_ = std::make_shared<const bxml::Document>(std::move(*document));
    inline_documents().keep(application().id, text, document_);
    co_return Outcome::replaced;
  }
  auto initiate = event("initiate");
  if (!record_.sip_call_id.empty()) initiate["sipCallId"] = record_.sip_call_id;
  for (const auto& [key, value] : extras) initiate[key] = value;
  const auto outcome = co_await ask(std::move(initiate), initiate_callback(callbacks));
  co_return outcome;
}

void Call::note_begin_of(const bxml::Verb& verb) const {
  log::debug("verb begins", {{"callId", id()}, {"verb", bxml::verb_name(verb)}});
}

async::Task<Outcome> Call::carry_out_document() {
  const auto document = document_;
  if (guard_redirects(*document)) {
    co_return end(Cause::application_error, "100 documents in a row held nothing but Redirect");
  }
  std::size_t verbs = 0;
  for (const auto& verb : document->verbs) {
    if (++verbs % kVerbsAtOnce == 0) {
      co_await pause(1ms);
      if (interrupted()) co_return ending_ ? Outcome::over : Outcome::next;
    }
    if (bxml::answers_call(verb) && !(answered() && confirmed_)) {
      const bool went_on = co_await ensure_answered();
      if (!went_on) co_return ending_ ? Outcome::over : Outcome::next;
    }
    note_begin_of(verb);
    const auto outcome = co_await carry_out(*this, verb);
    if (outcome != Outcome::next || interrupted()) co_return outcome;
  }
  co_return end(Cause::hangup);
}

async::Task<Outcome> Call::take_replacement() {
  const auto replacement = std::move(replacement_);
  if (auto* pushed = std::get_if<std::shared_ptr<const bxml::Document>>(replacement.get())) {
    document_ = std::move(*pushed);
    co_return Outcome::replaced;
  }
  const auto& redirect = std::get<Redirect>(*replacement);
  change_tag(redirect.tag);
  bxml::Callback callback;
  callback.url = redirect.url;
  callback.method = redirect.method == "GET" ? bxml::Method::get : bxml::Method::post;
  callback.credentials = {redirect.username, redirect.password};
  callback.fallback_url = redirect.fallback_url;
  callback.fallback_method = redirect.fallback_method == "GET" ? bxml::Method::get : bxml::Method::post;
  callback.fallback_credentials = {redirect.fallback_username, redirect.fallback_password};
  const auto outcome = co_await ask(event("redirect"), callback);
  co_return outcome;
}

bool Call::guard_redirects(const bxml::Document& document) {
  static_assert(limits::kRedirectChainMax < std::numeric_limits<decltype(redirects_in_a_row_)>::max());
  if (!bxml::is_redirect_only(document)) {
    redirects_in_a_row_ = 0;
    return false;
  }
  if (redirects_in_a_row_ == 0 || now() - redirects_since_ > 60s) {
    redirects_in_a_row_ = 0;
    redirects_since_ = now();
  }
  return ++redirects_in_a_row_ > limits::kRedirectChainMax;
}

void Call::close_port() {
  if (port_ == 0 || port_closed_) return;
  send(media::Close{});
  port_closed_ = true;
}

void Call::finish() {
  if (!ending_) end(Cause::hangup);  // the end of a document is an implicit <Hangup/> (bxml.md section 1)
  digits_.stop_gather();             // those that are still on their way would be told after `disconnect`
  // First: when something throws below, nobody would close it any more.
  close_port();
  quality_due_ = port_open_;
  if (!ending_->leg_gone) {
    if (answered()) {
      const bool usual = ending_->cause == Cause::hangup;
      const bool shutdown = ending_->by == "shutdown";
      leg_->hangup(std::string(shutdown ? ending_->by : usual ? "" : cause_name(ending_->cause)));
    } else {
      leg_->reject(refusal_status(ending_->cause), std::string(cause_name(ending_->cause)));
    }
  }
  record_.state = "disconnected";
  record_.ended = wall();
  record_.disconnect_cause = std::string(cause_name(ending_->cause));
  if (!ending_->message.empty()) record_.error_message = ending_->message;
  save_and_tell_disconnect();
  log::info("call ends", {{"callId", id()},
                          {"cause", cause_name(ending_->cause)},
                          {"by", ending_->by},
                          {"durationMs", (*record_.ended - *record_.started).count()}});
}

async::Task<> Call::settle() {
  const auto began = now();
  while (quality_due_ || !recordings_.all_done()) {
    const auto deadline = began + (recordings_.all_done() ? kQualityWait : kRecordingsWait);
    if (now() >= deadline) break;
    auto event = co_await inbox_.receive(deadline);
    if (event) absorb(*event);
  }
  recordings_.give_up("the recording was not closed in time");
}

void Call::save_and_tell_disconnect() {
  const auto& callbacks = application().callbacks;
  if (callbacks.status_url.empty()) return save();
  record_.last_update = wall();
  environment_.webhooks.tell_end(
      webhook_of(record_, disconnect_fields(record_, environment_.base_url, wall()),
                 status_callback(callbacks), callbacks.timeout),
      record_);
}

}  // namespace portico::call
