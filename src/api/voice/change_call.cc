#include "api/voice/change_call.h"

#include <boost/json.hpp>

#include "api/json_answer.h"
#include "api/media_type.h"
#include "api/voice/live_call.h"
#include "base/utf8.h"
#include "http/json.h"
#include "http/url.h"

namespace portico::api {
namespace {

http::Response unsupported_type(const http::Request& request) {
  const auto type = request.headers.get("Content-Type");
  if (type.empty()) return voice_error(415, "Unsupported Media Type");
  return voice_error(415, "Content type '" + std::string(type.substr(0, 100)) + "' not supported");
}

// The answer that refuses the change, or nothing. A call that is not under way here has ended, or is another
// process's.
template <typename Change>
std::optional<http::Response> refuse_change(const Services& services, const http::Request& request,
                                            Change change) {
  if (const auto taken = change_live_call(services, request, std::move(change))) {
    if (*taken) return std::nullopt;
    return voice_error_of(taken->error());
  }
  const auto call = ended_call(services, request);
  if (!call) return voice_error_of(call.error());
  return voice_error(409, "Call [" + call->call_id + "] cannot be modified in its current state");
}

std::string method_of(http::FieldReader& in, std::string_view name) {
  auto method = in.string(name).value_or("POST");
  if (method != "GET" && method != "POST") in.error(name, "Supported methods: [POST, GET]");
  return method;
}

std::string bounded(http::FieldReader& in, std::string_view name, std::size_t characters_max) {
  auto text = in.string(name).value_or("");
  if (count_characters(text) > characters_max) {
    in.error(name, "may have at most " + std::to_string(characters_max) + " characters");
  }
  return text;
}

bool is_relative(std::string_view url) { return url.find(':') >= url.find_first_of("/?#"); }

// A relative one is for the call to resolve.
std::string url_of(http::FieldReader& in, std::string_view name) {
  auto url = bounded(in, name, limits::kUrlBytesMax);
  if (!url.empty() && !is_relative(url) && !http::parse_url(url)) {
    in.error(name, "only http and https are allowed");
  }
  return url;
}

call::Redirect read_redirect(http::FieldReader& in) {
  call::Redirect redirect;
  redirect.url = url_of(in, "redirectUrl");
  redirect.method = method_of(in, "redirectMethod");
  redirect.fallback_url = url_of(in, "redirectFallbackUrl");
  redirect.fallback_method = method_of(in, "redirectFallbackMethod");
  redirect.username = bounded(in, "username", limits::kCredentialCharactersMax);
  redirect.password = bounded(in, "password", limits::kCredentialCharactersMax);
  redirect.fallback_username = bounded(in, "fallbackUsername", limits::kCredentialCharactersMax);
  redirect.fallback_password = bounded(in, "fallbackPassword", limits::kCredentialCharactersMax);
  if (in.has("tag") && !in.is_null("tag")) redirect.tag = bounded(in, "tag", limits::kTagCharactersMax);
  if (redirect.url.empty()) in.error("redirectUrl", "is required when state is active");
  return redirect;
}

// What the body asks for; faults are noted in `in`.
std::variant<call::Redirect, call::Complete> read_change(http::FieldReader& in) {
  const auto state = in.string("state").value_or("active");
  if (state == "active") return read_redirect(in);
  if (state != "completed") in.error("state", "must be active or completed");
  for (const auto* name : {"redirectUrl", "redirectMethod", "tag"}) {
    if (!in.has(name) || in.is_null(name)) continue;
    // The default counts as absent: SDKs for Python and Java send it with each update.
    if (name == std::string_view("redirectMethod") && method_of(in, name) == "POST") continue;
    in.error(name, "is not allowed when state is completed");
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
  const auto no =
      std::visit([&](auto& wanted) { return refuse_change(services, request, std::move(wanted)); }, change);
  return no.value_or(http::Response{.status = 200});
}

http::Response replace_document(const Services& services, const http::Request& request) {
  if (!has_media_type(request, {"application/xml"})) return unsupported_type(request);
  // The call judges it: what its URLs mean depends on where its last document came from.
  return refuse_change(services, request, call::ReplaceDocument{.text = request.body})
      .value_or(http::Response{.status = 204});
}

http::Response update_recording(const Services& services, const http::Request& request) {
  if (!has_media_type(request, {"application/json"})) return unsupported_type(request);
  const auto body = http::parse_json_object(request.body);
  if (!body) return voice_error_of(body.error());
  std::vector<http::FieldError> wrong;
  http::FieldReader in(*body, wrong);
  const auto state = in.string("state").value_or("");
  if (state != "paused" && state != "recording") {
    return voice_error(400, "Invalid state: must be paused or recording");
  }
  const auto taken =
      change_live_call(services, request, call::SetRecordingState{.paused = state == "paused"});
  if (!taken) {
    return voice_error(404, "Call [" + std::string(request.param("callId")) + "] has no active recording");
  }
  return *taken ? http::Response{.status = 200} : voice_error_of(taken->error());
}

}  // namespace portico::api
