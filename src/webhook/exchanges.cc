#include "webhook/exchanges.h"

#include "base/attempt.h"
#include "base/counters.h"
#include "base/utf8.h"
#include "http/url.h"
#include "webhook/mask_passwords.h"

namespace portico::webhook {
namespace {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::delivered:
      return "delivered";
    case Verdict::refused:
      return "refused";
    case Verdict::unreachable:
      return "unreachable";
  }
  return "unreachable";
}

void count(const std::string& event, const Outcome& outcome) {
  static auto& seconds =
      histogram("portico_webhook_seconds", "Time from asking a backend to its whole answer");
  if (outcome.status != 0) seconds.observe(static_cast<double>(outcome.latency.count()) / 1000.0);
  counter("portico_webhooks_total", "Requests to backends by event and what became of them",
          {{"event", event}, {"outcome", std::string(name_of(outcome.verdict))}})
      .add();
}

// A backend may answer with any bytes; the log is read as JSON.
std::string cut(const std::string& text) {
  return mend_utf8(first_bytes(text, limits::kWebhookLogBodyBytesMax));
}

account::WebhookExchange row_of(const Subject& subject, const Exchanges::Attempt& attempt,
                                const Outcome& outcome) {
  return {.time = attempt.asked,
          .account_id = subject.account_id,
          .application_id = subject.application_id,
          .call_id = subject.call_id,
          .event = subject.event,
          .url = http::without_userinfo(attempt.target->url),
          .method = attempt.target->get ? account::Method::get : account::Method::post,
          .status = static_cast<std::uint16_t>(outcome.status),
          .latency = outcome.latency,
          .attempt = attempt.number,
          .fallback = attempt.fallback,
          .request_body = cut(*attempt.request_body),
          .response_body = mask_passwords(cut(outcome.body)),
          .error = outcome.error.what};
}

}  // namespace

void Exchanges::keep(const Subject& subject, const Attempt& made, const Outcome& outcome) const {
  static auto& lost =
      counter("portico_webhook_log_dropped_total", "Webhook log rows that could not be queued");
  const auto kept = attempt([&]() -> Result<bool> {
    count(subject.event, outcome);
    return sink_(row_of(subject, made, outcome));
  });
  if (!kept.value_or(false)) lost.add();
}

}  // namespace portico::webhook
