#include "webhook/asker.h"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "base/attempt.h"
#include "webhook/subject.h"

namespace portico::webhook {

namespace {

struct Question {
  http::Fetcher& client;
  std::shared_ptr<const Exchanges> exchanges;
  call::RequestId request = 0;
  call::Sender answers;
  Subject subject;
  std::string body;
  Target primary;
  std::optional<Target> fallback;
  Millis timeout{0};
  std::shared_ptr<const std::atomic<bool>> wanted;
  WallTime asked{};
  bool at_fallback = false;
  std::string first_failure;

  const Target& target() const { return at_fallback ? *fallback : primary; }
};
using QuestionPtr = std::shared_ptr<Question>;

void attempt(const QuestionPtr& question);

void answer(const Question& question, Result<call::WebhookAnswer::Reply> reply) {
  question.answers.post(call::WebhookAnswer{.request = question.request, .reply = std::move(reply)});
}

void on_outcome(const QuestionPtr& question, Outcome outcome) {
  const bool wanted = question->wanted == nullptr || *question->wanted;
  const bool sent = outcome.verdict == Verdict::delivered || outcome.error.code != Code::cancelled;
  if (!wanted && !sent) return answer(*question, fail(std::move(outcome.error)));  // it is no exchange
  question->exchanges->keep(question->subject,
                            {.asked = question->asked,
                             .number = question->at_fallback ? 2U : 1U,
                             .fallback = question->at_fallback,
                             .target = &question->target(),
                             .request_body = &question->body},
                            outcome);
  if (outcome.verdict == Verdict::delivered) {
    return answer(*question,
                  call::WebhookAnswer::Reply{.body = std::move(outcome.body), .url = question->target().url});
  }
  auto& error = outcome.error;
  if (question->at_fallback) {
    return answer(*question, fail(error.code, question->first_failure + "; fallback: " + error.what));
  }
  // What is wrong with a document is no failure to deliver (webhooks.md W3).
  const bool final = error.code == Code::cancelled || error.code == Code::too_large;
  if (!question->fallback || final || !wanted) return answer(*question, fail(std::move(error)));
  question->first_failure = std::move(error.what);
  question->at_fallback = true;
  attempt(question);
}

void attempt(const QuestionPtr& question) {
  question->asked = read_clocks().wall;
  auto request = make_request(question->target(), question->body, question->timeout);
  request.asker = question->subject.application_id;
  request.wanted = question->wanted;
  question->client.fetch(std::move(request), [question](http::FetchOutcome fetched) {
    const auto done = portico::attempt([&]() -> Result<void> {
      on_outcome(question, judge(std::move(fetched), question->target().url));
      return {};
    });
    if (!done) answer(*question, fail(done.error()));  // a call waits for it
  });
}

}  // namespace

void Asker::ask(call::RequestId request, call::Webhook webhook, call::Sender answers) {
  auto question = std::make_shared<Question>(Question{.client = client_, .exchanges = exchanges_});
  question->request = request;
  question->answers = std::move(answers);
  question->subject = subject_of(webhook);
  question->body = boost::json::serialize(webhook.event);
  question->timeout = std::clamp(webhook.timeout, bounds_.min, bounds_.max);
  question->wanted = std::move(webhook.wanted);
  question->primary = target_of(std::move(webhook.target));
  if (webhook.fallback && !webhook.fallback->url.empty()) {
    question->fallback = target_of(std::move(*webhook.fallback));
  }
  attempt(question);
}

}  // namespace portico::webhook
