#include "api/voice/calls.h"

#include <boost/json.hpp>

#include "api/json_answer.h"
#include "api/public_url.h"
#include "api/voice/call_json.h"
#include "api/voice/live_call.h"
#include "api/voice/query.h"
#include "http/url.h"

namespace portico::api {
namespace {

namespace json = boost::json;

std::string next_link(const Services& services, const http::Request& request, const std::string& token) {
  http::NamedValues query;
  for (const auto& [name, value] : request.query) {
    if (name != "pageToken") query.emplace_back(name, value);
  }
  query.emplace_back("pageToken", token);
  return "<" + public_url(services, request) + request.path + "?" + http::write_query(query) +
         ">; rel=\"next\"";
}

}  // namespace

http::Response list_calls(const Services& services, const http::Request& request) {
  VoiceQuery query(request);
  const account::CallFilter filter{.account_id = std::string(request.param("accountId")),
                                   .to = query.text("to"),
                                   .from = query.text("from"),
                                   .started_from = query.time("minStartTime"),
                                   .started_until = query.time("maxStartTime"),
                                   .disconnect_cause = query.text("disconnectCause")};
  const account::PageRequest page{.limit = query.number("pageSize", 1, 10'000, 1000),
                                  .after = query.text("pageToken").value_or("")};
  if (query.wrong()) return voice_error(400, *query.wrong());
  const auto found = services.store.list_calls(filter, page);
  if (!found) return voice_error_of(found.error());
  json::array calls;
  for (const auto& call : found->items) calls.push_back(to_json(call));
  auto response = voice_answer(200, calls);
  if (!found->next.empty()) response.headers.set("Link", next_link(services, request, found->next));
  return response;
}

http::Response get_call(const Services& services, const http::Request& request) {
  if (const auto live = look_at_call(services, request)) return voice_answer(200, to_json(*live));
  const auto call = ended_call(services, request);
  if (!call) return voice_error_of(call.error());
  return voice_answer(200, to_json(*call));
}

http::Response get_statistics(const Services& services, const http::Request& request) {
  // Contract section 1 "Limits": the queue takes what 300 seconds can start.
  constexpr std::uint64_t kQueueSeconds = 300;
  const auto account_id = request.param("accountId");
  const auto snapshot = services.directory.snapshot();
  const auto* account = snapshot->account(account_id);
  const auto limits = account != nullptr ? account->limits : account::Limits{};
  const std::uint64_t queued = services.queued_calls ? services.queued_calls(account_id) : 0;
  return voice_answer(200, json::object{{"currentCallQueueSize", queued},
                                        {"maxCallQueueSize", limits.calls_per_second * kQueueSeconds}});
}

}  // namespace portico::api
