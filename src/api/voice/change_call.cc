#include "api/voice/change_call.h"

#include <boost/json.hpp>

#include "api/json_answer.h"
#include "api/media_type.h"
#include "call/registry.h"
#include "http/json.h"
#include "http/url.h"

namespace portico::api {
namespace {

http::Response unsupported_type(const http::Request& request) {
  const auto type = request.headers.get("Content-Type");
  if (type.empty()) return voice_error(415, "Unsupported Media Type");
  return voice_error(415, "Content type '" + std::string(type.substr(0, 100)) + "' not supported");
}

// The 404 or 409 that keeps the call from being changed, or nothing.
std::optional<http::Response> obstacle(const Services& services, const http::Request& request,
                                       bool needs_answer) {
  const auto call = services.store.call(request.param("accountId"), request.param("callId"));
  if (!call) return voice_error_of(call.error());
  const bool over = call->state == "disconnected";
  const bool too_early = needs_answer && call->direction == account::Direction::outbound && !call->answered;
  if (over || too_early) {
    return voice_error(409, "Call [" + call->call_id + "] cannot be modified in its current state");
  }
  return std::nullopt;
}

std::optional<http::Response> post(const Services& services, const http::Request& request,
                                   call::Event event) {
  const std::string call_id(request.param("callId"));
  if (services.calls != nullptr && services.calls->post(call_id, std::move(event))) return std::nullopt;
  return voice_error(409, "Call [" + call_id + "] cannot be modified in its current state");
}

std::string method_of(http::FieldReader& in, std::string_view name) {
  auto method = in.string(name).value_or("POST");
  if (method != "GET" && method != "POST") in.error(name, "Supported methods: [POST, GET]");
  return method;
}

std::string bounded(http::FieldReader& in, std::string_view name, std::size_t bytes_max) {
  auto text = in.string(name).value_or("");
  if (text.size() > bytes_max) in.error(name, "may have at most " + std::to_string(bytes_max) + " bytes");
  return text;
}

std::string url_of(http::FieldReader& in, std::string_view name) {
  auto url = bounded(in, name, limits::kUrlBytesMax);
  if (!url.empty() && !http::parse_url(url)) in.error(name, "only http and https are allowed");
  return url;
}

call::Redirect read_redirect(http::FieldReader& in) {
  call::Redirect redirect;
  redirect.url = url_of(in, "redirectUrl");
  redirect.method = method_of(in, "redirectMethod");
  redirect.fallback_url = url_of(in, "redirectFallbackUrl");
  redirect.fallback_method = method_of(in, "redirectFallbackMethod");
  redirect.username = bounded(in, "username", limits::kCredentialBytesMax);
  redirect.password = bounded(in, "password", limits::kCredentialBytesMax);
  redirect.fallback_username = bounded(in, "fallbackUsername", limits::kCredentialBytesMax);
  redirect.fallback_password = bounded(in, "fallbackPassword", limits::kCredentialBytesMax);
  if (in.has("tag")) redirect.tag = bounded(in, "tag", limits::kTagBytesMax);
  if (redirect.url.empty()) in.error("redirectUrl", "is required when state is active");
  return redirect;
}

// The event that the body asks for; faults are noted in `in`.
call::Event read_change(http::FieldReader& in) {
  const auto state = in.string("state").value_or("active");
  if (state == "active") return read_redirect(in);
  if (state != "completed") in.error("state", "must be active or completed");
  for (const auto* name : {"redirectUrl", "redirectMethod", "tag"}) {
    if (in.has(name) && !in.is_null(name)) in.error(name, "is not allowed when state is completed");
  }
  return call::Complete{};
}

}  // namespace

http::Response update_call(const Services& services, const http::Request& request) {
  if (!has_media_type(request, {"application/json"})) return unsupported_type(request);
  const auto body = http::parse_json_object(request.body);
  if (!body) return voice_error_of(body.error());
  std::vector<http::FieldError> wrong;
  http::FieldReader in(*body, wrong);
  auto change = read_change(in);
  if (!wrong.empty()) return voice_error(400, "Invalid " + wrong[0].path + ": " + wrong[0].what);
  const bool redirects = std::holds_alternative<call::Redirect>(change);
  if (auto no = obstacle(services, request, redirects)) return *no;
  if (auto no = post(services, request, std::move(change))) return *no;
  return {.status = 200};
}

http::Response replace_document(const Services& services, const http::Request& request) {
  if (!has_media_type(request, {"application/xml", "text/xml"})) return unsupported_type(request);
  if (services.deployment.bxml_fault) {
    if (const auto fault = services.deployment.bxml_fault(request.body)) {
      return voice_error(400, "Invalid BXML: " + *fault);
    }
  }
  if (auto no = obstacle(services, request, true)) return *no;
  if (auto no = post(services, request, call::ReplaceDocument{request.body})) return *no;
  return {.status = 204};
}

}  // namespace portico::api
