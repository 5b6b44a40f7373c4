#include "webhook/outbox_entry.h"

#include <boost/json/serialize.hpp>

#include "base/ids.h"
#include "webhook/subject.h"

namespace portico::webhook {
namespace {

account::Method method_of(const Target& target) {
  return target.get ? account::Method::get : account::Method::post;
}

std::optional<account::BasicCredentials> credentials_of(Target& target) {
  if (target.username.empty() && target.password.empty()) return std::nullopt;
  return account::BasicCredentials{.user_id = std::move(target.username),
                                   .password = std::move(target.password)};
}

Target make_target(const std::string& url, account::Method method,
                   const std::optional<account::BasicCredentials>& credentials) {
  Target target{.url = url, .get = method == account::Method::get};
  if (!credentials) return target;
  target.username = credentials->user_id;
  target.password = credentials->password;
  return target;
}

}  // namespace

std::string ordering_key(const call::Webhook& webhook) { return webhook.call_id + " " + webhook.target.url; }

account::OutboxItem make_item(const call::Webhook& webhook, Millis timeout, WallTime now) {
  auto subject = subject_of(webhook);
  auto target = target_of(webhook.target);
  account::OutboxItem item{.id = new_uuid(),
                           .account_id = std::move(subject.account_id),
                           .application_id = std::move(subject.application_id),
                           .call_id = std::move(subject.call_id),
                           .event = std::move(subject.event),
                           .ordering_key = ordering_key(webhook),
                           .url = target.url,
                           .method = method_of(target),
                           .credentials = credentials_of(target),
                           .content_type = "application/json",
                           .body = boost::json::serialize(webhook.event),
                           .timeout = timeout,
                           .created = now,
                           .not_before = now};
  if (!webhook.fallback) return item;
  auto fallback = target_of(*webhook.fallback);
  item.fallback_url = fallback.url;
  item.fallback_method = method_of(fallback);
  item.fallback_credentials = credentials_of(fallback);
  return item;
}

Target primary_target(const account::OutboxItem& item) {
  return make_target(item.url, item.method, item.credentials);
}

Target fallback_target(const account::OutboxItem& item) {
  return make_target(item.fallback_url, item.fallback_method, item.fallback_credentials);
}

Subject subject_of(const account::OutboxItem& item) {
  return {.account_id = item.account_id,
          .application_id = item.application_id,
          .call_id = item.call_id,
          .event = item.event};
}

Outcome judge_notice(http::FetchOutcome fetched, const std::string& url) {
  auto outcome = judge(std::move(fetched), url);
  if (outcome.status >= 200 && outcome.status < 300) {
    outcome.verdict = Verdict::delivered;
    outcome.error = {};
  }
  return outcome;
}

NextStep next_step(const account::OutboxItem& item, bool at_fallback, const Outcome& outcome) {
  if (outcome.error.code == Code::cancelled && outcome.verdict != Verdict::delivered)
    return NextStep::give_back;
  if (outcome.error.code == Code::busy) return NextStep::later;
  if (outcome.verdict == Verdict::delivered || at_fallback) return NextStep::finish;
  if (outcome.verdict == Verdict::unreachable && item.attempts == 0) return NextStep::repeat;
  return item.fallback_url.empty() ? NextStep::finish : NextStep::fallback;
}

}  // namespace portico::webhook
