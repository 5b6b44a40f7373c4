// What the REST API wants of a call (contract voice-api.md sections 2.3 to 2.5 and 4). The call itself is
// asked: it alone knows what it is doing, and its row in the store is written behind.

#include "base/limits.h"
#include "bxml/url.h"
#include "call/call.h"

namespace portico::call {
namespace {

template <typename T>
void answer(const Reply<T>& reply, T value) {
  if (reply) reply->set_value(std::move(value));
}

}  // namespace

bool Call::absorb_api(Event& event) {
  if (const auto* look = std::get_if<Look>(&event)) {
    answer(look->record, record_);
    return true;
  }
  if (const auto* completed = std::get_if<Complete>(&event)) {
    answer(completed->taken, complete());
    return true;
  }
  if (auto* boxed = std::get_if<Boxed<Redirect>>(&event)) {
    const auto reply = boxed->held->taken;
    answer(reply, take(*boxed->held));
    return true;
  }
  if (const auto* replace = std::get_if<ReplaceDocument>(&event)) {
    answer(replace->taken, take(*replace));
    return true;
  }
  if (const auto* state = std::get_if<SetRecordingState>(&event)) {
    answer(state->taken, take(*state));
    return true;
  }
  return false;
}

// A change gives up the question that the call waits with; its answer may be long in coming all the same.
Result<void> Call::may_change() const {
  if (ending_ || !document_ || open_questions_ >= limits::kCallQuestionsMax) {
    return fail(Code::conflict, "Call [" + id() + "] cannot be modified in its current state");
  }
  return {};
}

Result<void> Call::complete() {
  if (ending_) return may_change();
  end(Cause::hangup, {}, "api");
  return {};
}

Result<void> Call::take(Redirect& redirect) {
  if (auto may = may_change(); !may) return may;
  for (auto* url : {&redirect.url, &redirect.fallback_url}) {
    if (url->empty()) continue;
    auto absolute = bxml::resolve(last_document_url_, *url);
    if (!absolute) {
      const auto* name = url == &redirect.url ? "redirectUrl" : "redirectFallbackUrl";
      return fail(Code::invalid, "Invalid " + std::string(name) + ": " + absolute.error().what);
    }
    *url = *std::move(absolute);
  }
  replacement_ = std::make_unique<Replacement>(std::move(redirect));
  return {};
}

Result<void> Call::take(const ReplaceDocument& replace) {
  if (auto may = may_change(); !may) return may;
  // Not to be empty: that would hang up, and is rather a template that came to nothing.
  auto document = read_document(replace.text, last_document_url_, false);
  if (!document) return fail(Code::invalid, "Invalid BXML: " + document.error().what);
  replacement_ = std::make_unique<Replacement>(std::make_shared<const bxml::Document>(std::move(*document)));
  return {};
}

Result<void> Call::take(const SetRecordingState& wanted) {
  if (ending_ || !recordings_.background_runs()) {
    return fail(Code::not_found, "Call [" + id() + "] has no active recording");
  }
  if (wanted.paused) {
    recordings_.pause_background();
  } else {
    recordings_.resume_background();
  }
  return {};
}

}  // namespace portico::call
