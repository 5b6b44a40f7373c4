#include "api/operations/webhook_log.h"

#include <boost/json.hpp>

#include "api/json_answer.h"
#include "api/paging.h"
#include "http/url.h"

namespace portico::api {
namespace {

namespace json = boost::json;

json::object to_json(const account::WebhookExchange& exchange) {
  return {{"id", std::to_string(exchange.id)},
          {"time", to_iso8601(exchange.time)},
          {"applicationId", exchange.application_id},
          {"callId", exchange.call_id},
          {"event", exchange.event},
          {"url", http::without_userinfo(exchange.url)},
          {"method", account::method_name(exchange.method)},
          {"status", exchange.status == 0 ? json::value() : json::value(exchange.status)},
          {"latencyMs", exchange.latency.count()},
          {"attempt", exchange.attempt},
          {"fallback", exchange.fallback},
          {"requestBody", exchange.request_body},
          {"responseBody", exchange.response_body},
          {"error", exchange.error.empty() ? json::value() : json::value(exchange.error)}};
}

std::optional<std::string> given(const http::Request& request, std::string_view name) {
  const auto value = request.query_value(name);
  return value ? std::optional(std::string(*value)) : std::nullopt;
}

}  // namespace

http::Response list_webhooks(const Services& services, const http::Request& request) {
  std::vector<Problem> wrong;
  const auto query = read_page_query(request, wrong);
  if (!wrong.empty()) return problems(400, wrong);
  auto page = services.store.list_webhooks({.account_id = std::string(request.param("accountId")),
                                            .call_id = given(request, "callId"),
                                            .application_id = given(request, "applicationId")},
                                           query.request);
  if (!page) return problem_of(page.error());
  PageOf out{.next = std::move(page->next), .total = std::nullopt};
  for (const auto& exchange : page->items) out.data.push_back(to_json(exchange));
  return page_answer(request, query, std::move(out));
}

}  // namespace portico::api
