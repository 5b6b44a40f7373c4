// The call and the customer's backend: webhooks out, documents in.

#include "base/log.h"
#include "bxml/parse.h"
#include "bxml/report.h"
#include "call/call.h"
#include "call/event_fields.h"

namespace portico::call {
namespace {

// Until the end of its life an answer is waited for.
struct Wish {
  Wish() = default;
  Wish(const Wish&) = delete;
  Wish& operator=(const Wish&) = delete;
  ~Wish() { *open = false; }
  std::shared_ptr<std::atomic<bool>> open = std::make_shared<std::atomic<bool>>(true);
};

}  // namespace

bool Call::may_note() const {
  constexpr std::uint32_t kPerSecond = 50;
  return environment_.notes.take(kPerSecond, now());
}

async::Task<Outcome> Call::ask(boost::json::object event, const bxml::Callback& callback) {
  const auto request = new_request();
  const Wish wish;
  auto webhook = webhook_of(record_, std::move(event), callback, application().callbacks.timeout);
  webhook.wanted = wish.open;
  ++open_questions_;
  environment_.webhooks.ask(request, std::move(webhook), sender());
  auto answer = co_await answer_to<WebhookAnswer>(request);
  if (!answer) co_return ending_ ? Outcome::over : Outcome::next;
  if (!answer->reply) {
    const auto& error = answer->reply.error();
    co_return end(error.code == Code::too_large ? Cause::invalid_bxml : Cause::callback_error, error.what);
  }
  auto document = parse_document(*answer->reply);
  if (!document) co_return end(Cause::invalid_bxml, document.error().what);
  document_ = std::make_shared<const bxml::Document>(std::move(*document));
  co_return Outcome::replaced;
}

void Call::tell(boost::json::object event, const bxml::Callback& callback) {
  if (!callback.wanted()) return;
  environment_.webhooks.tell(
      webhook_of(record_, std::move(event), callback, application().callbacks.timeout));
}

void Call::save_and_tell_available(const account::RecordingRecord& record, const bxml::Callback& callback) {
  if (!callback.wanted()) return environment_.records.save(record);
  environment_.webhooks.tell_end(
      webhook_of(record_, recording_available_fields(record_, record, environment_.base_url, wall()),
                 callback, application().callbacks.timeout),
      record);
}

Result<bxml::Document> Call::parse_document(const WebhookAnswer::Reply& reply) {
  if (!reply.url.empty()) last_document_url_ = reply.url;
  auto document = parse_document(reply.body, last_document_url_);
  return document;
}

Result<bxml::Document> Call::parse_document(std::string_view text, const std::string& base_url) {
  auto document = read_document(text, base_url, true);
  // Without the document: it holds passwords. The webhook log has it, masked.
  if (!document) log::warn("invalid BXML", {{"callId", id()}, {"fault", document.error().what}});
  return document;
}

Result<bxml::Document> Call::read_document(std::string_view text, const std::string& base_url,
                                           bool may_be_empty) const {
  const bxml::ParseContext context{
      .kind = bxml::DocumentKind::call, .base_url = base_url, .empty_body_allowed = may_be_empty};
  auto document = bxml::parse(text, context);
  if (!document) return fail(Code::invalid, bxml::describe(document.error()));
  if (!document->warnings.empty() && may_note()) {
    log::info("BXML warning", {{"callId", id()},
                               {"warning", bxml::describe(document->warnings.front())},
                               {"more", document->warnings.size() - 1}});
  }
  return std::move(*document);
}

}  // namespace portico::call
