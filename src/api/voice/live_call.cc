#include "api/voice/live_call.h"

#include "call/registry.h"

namespace portico::api {
namespace {

constexpr auto kAnswerMax = 5s;  // a signalling thread that takes longer is stuck

// Nothing: no such call, or it ended before it answered.
template <typename T, typename Question>
std::optional<T> ask(const Services& services, const http::Request& request, Question question,
                     call::Reply<T> Question::* reply, std::optional<T> late) {
  if (services.calls == nullptr) return std::nullopt;
  const auto call = services.calls->find(request.param("accountId"), std::string(request.param("callId")));
  if (!call) return std::nullopt;
  auto promise = std::make_shared<std::promise<T>>();
  auto answer = promise->get_future();
  question.*reply = std::move(promise);
  if (!call->post(std::move(question))) return std::nullopt;
  if (answer.wait_for(kAnswerMax) != std::future_status::ready) return late;
  try {
    return answer.get();
  } catch (const std::future_error&) {
    return std::nullopt;
  }
}

}  // namespace

std::optional<account::CallRecord> look_at_call(const Services& services, const http::Request& request) {
  return ask<account::CallRecord>(services, request, call::Look{}, &call::Look::record, std::nullopt);
}

template <typename Change>
std::optional<Result<void>> change_live_call(const Services& services, const http::Request& request,
                                             Change change) {
  return ask<Result<void>>(services, request, std::move(change), &Change::taken,
                           Result<void>(fail(Code::busy, "the call does not answer")));
}

Result<account::CallRecord> ended_call(const Services& services, const http::Request& request) {
  const auto account_id = request.param("accountId");
  const auto call_id = request.param("callId");
  if (services.unwritten_call) {
    if (auto waiting = services.unwritten_call(account_id, call_id)) return std::move(*waiting);
  }
  auto stored = services.store.call(account_id, call_id);
  return stored;
}

template std::optional<Result<void>> change_live_call(const Services&, const http::Request&, call::Redirect);
template std::optional<Result<void>> change_live_call(const Services&, const http::Request&, call::Complete);
template std::optional<Result<void>> change_live_call(const Services&, const http::Request&,
                                                      call::ReplaceDocument);
template std::optional<Result<void>> change_live_call(const Services&, const http::Request&,
                                                      call::SetRecordingState);

}  // namespace portico::api
