#include "webhook/attempt.h"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "http/url.h"
#include "webhook/flatten.h"

namespace portico::webhook {
namespace {

http::NamedValues parameters(const std::string& json_body) {
  boost::system::error_code error;
  const auto event = boost::json::parse(json_body, error);
  if (error || !event.is_object()) return {};  // ours: cannot happen
  return flatten(event.get_object());
}

Verdict verdict_of(http::FetchFailure failure) {
  switch (failure) {
    case http::FetchFailure::too_large:
    case http::FetchFailure::refused_target:
      return Verdict::refused;  // would end the same way again
    default:
      return Verdict::unreachable;
  }
}

Code code_of(http::FetchFailure failure) {
  switch (failure) {
    case http::FetchFailure::timeout:
      return Code::timeout;
    case http::FetchFailure::refused_target:
      return Code::not_allowed;
    case http::FetchFailure::busy:
      return Code::busy;
    case http::FetchFailure::cancelled:
      return Code::cancelled;
    default:
      return Code::unavailable;
  }
}

Outcome refused(Outcome outcome, const std::string& name) {
  outcome.verdict = Verdict::refused;
  outcome.error = {Code::unavailable, name + " answered with status " + std::to_string(outcome.status)};
  return outcome;
}

}  // namespace

http::Fetch make_request(const Target& target, const std::string& json_body, Millis timeout) {
  http::Fetch request;
  request.username = target.username;
  request.password = target.password;
  request.connect_timeout = request.tls_timeout = Millis(0);  // the contract knows the whole only
  request.total_timeout = timeout;
  request.body_bytes_max = limits::kWebhookReplyBytesMax;
  if (target.get) {
    request.url = http::add_query(target.url, parameters(json_body));
    return request;
  }
  request.url = target.url;
  request.method = "POST";
  request.headers.add("Content-Type", "application/json");
  request.body = json_body;
  return request;
}

Outcome judge(http::FetchOutcome fetched, const std::string& url) {
  Outcome outcome;
  outcome.latency = std::chrono::duration_cast<Millis>(fetched.timings.total);
  const auto name = http::name_of_url(url);
  if (!fetched.answer) {
    const auto& failure = fetched.answer.error();
    outcome.status = failure.status;
    // What it says beside an error status is read by nobody: that it cannot be is no matter.
    if (failure.kind == http::FetchFailure::protocol && outcome.status >= 300) {
      return refused(std::move(outcome), name);
    }
    outcome.verdict = verdict_of(failure.kind);
    // A document, but none that can be read: the backend was reached.
    if (failure.kind == http::FetchFailure::too_large && outcome.status >= 200 && outcome.status < 300) {
      outcome.error = {Code::too_large, name + ": " + failure.what};
      return outcome;
    }
    outcome.error = {
        code_of(failure.kind),
        name + " could not be asked (" + std::string(failure_name(failure.kind)) + "): " + failure.what};
    return outcome;
  }
  outcome.status = fetched.answer->status;
  outcome.body = std::move(fetched.answer->body);
  if (outcome.status >= 200 && outcome.status < 300) {
    outcome.verdict = Verdict::delivered;
    return outcome;
  }
  return refused(std::move(outcome), name);
}

}  // namespace portico::webhook
