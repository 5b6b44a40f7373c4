#include "sim/backends.h"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "sim/documents.h"

namespace portico::sim {
namespace {

using http::FetchFailure;

constexpr int kDocumentsMax = 8;  // of one call; then it is told to hang up

http::FetchOutcome failed(FetchFailure kind, const char* what) {
  return {.answer = tl::unexpected(http::FetchError{.kind = kind, .what = what})};
}
http::FetchOutcome answered(int status, std::string body = {}) {
  return {.answer = http::Fetched{.status = status, .body = std::move(body)}};
}

}  // namespace

void Backends::fetch(http::Fetch request, http::FetchDone done) {
  const auto number = ledger_.attempts.size();
  ledger_.attempts.push_back({.body = request.body, .life = ledger_.life, .begun = loop_.now()});
  auto answer = answer_to(request);
  if (answer.after > request.total_timeout) {
    // The backend goes on writing; the client has left.
    answer = {.outcome = failed(FetchFailure::timeout, "no whole answer in time"),
              .after = request.total_timeout};
  }
  loop_.call_at(loop_.now() + answer.after,
                [this, number, outcome = std::move(answer.outcome), done = std::move(done)] {
                  auto& attempt = ledger_.attempts[number];
                  attempt.ended = loop_.now();
                  attempt.result = outcome.answer ? Ledger::Result::answered : Ledger::Result::unreachable;
                  if (outcome.answer && outcome.answer->status < 300) attempt.document = outcome.answer->body;
                  done(outcome);
                });
}

void Backends::after(Millis delay, std::function<void()> run) {
  loop_.call_at(loop_.now() + delay, std::move(run));
}

Backends::Answer Backends::answer_to(const http::Fetch& request) {
  if (luck_.one_in(troubles_.failed_webhooks)) return failure(request);
  Answer answer{.outcome = answered(200),
                .after = troubles_.webhook_delay_least + luck_.up_to(troubles_.webhook_delay)};
  answer.outcome.answer->body = document_for(request);
  auto& body = answer.outcome.answer->body;
  if (body.empty()) answer.outcome.answer->status = 204;
  if (luck_.one_in(troubles_.mangled_documents)) {
    body.resize(luck_.below(static_cast<std::uint32_t>(body.size())));
  }
  return answer;
}

Backends::Answer Backends::failure(const http::Fetch& request) {
  switch (luck_.below(7)) {
    case 0:
      return {.outcome = failed(FetchFailure::connect, "connection refused"), .after = Millis(1)};
    case 1:
      return {.outcome = failed(FetchFailure::connect, "not connected in time"),
              .after = request.connect_timeout};
    case 2:
      return {.outcome = failed(FetchFailure::protocol, "broken off"), .after = luck_.up_to(3s)};
    case 3:
      return {.outcome = failed(FetchFailure::too_large, "the body is too large"), .after = luck_.up_to(3s)};
    case 4:
      return {.outcome = answered(luck_.one_in(2) ? 503 : 404), .after = luck_.up_to(3s)};
    case 5:
      return {.outcome = answered(302), .after = luck_.up_to(100ms)};
    default:
      return {.outcome = answered(200), .after = request.total_timeout + 1ms};
  }
}

// Answers to asynchronous events are not read, and so may be anything.
std::string Backends::document_for(const http::Fetch& request) {
  const auto event = boost::json::parse(request.body).as_object();
  if (++asked_[std::string(event.at("callId").as_string())] > kDocumentsMax) return kLastDocument;
  return pick_document(luck_);
}

}  // namespace portico::sim
