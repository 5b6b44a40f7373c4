#include "api/routes.h"

#include "api/applications/admissions.h"
#include "api/applications/applications.h"
#include "api/gate.h"
#include "api/operations/health.h"
#include "api/operations/openapi.h"
#include "api/operations/webhook_log.h"
#include "api/token.h"
#include "api/voice/calls.h"
#include "api/voice/change_call.h"
#include "api/voice/recordings.h"

namespace portico::api {
namespace {

using Function = http::Response (*)(const Services&, const http::Request&);

struct Route {
  std::string_view method;
  std::string_view pattern;
  Function function;
};

constexpr std::string_view kApplications = "/v2/accounts/{accountId}/voice-applications";
constexpr std::string_view kApplication = "/v2/accounts/{accountId}/voice-applications/{applicationId}";
constexpr std::string_view kCall = "/api/v2/accounts/{accountId}/calls/{callId}";
constexpr std::string_view kRecording =
    "/api/v2/accounts/{accountId}/calls/{callId}/recordings/{recordingId}";
constexpr std::string_view kMedia =
    "/api/v2/accounts/{accountId}/calls/{callId}/recordings/{recordingId}/media";
constexpr std::string_view kTranscription =
    "/api/v2/accounts/{accountId}/calls/{callId}/recordings/{recordingId}/transcription";

constexpr Route kRoutes[] = {
    {"POST", "/api/v1/oauth2/token", issue_token},
    {"GET", kApplications, list_applications},
    {"POST", kApplications, create_application},
    {"GET", kApplication, get_application},
    {"PATCH", kApplication, patch_application},
    {"DELETE", kApplication, delete_application},
    {"GET", "/v1/accounts/{accountId}/voice-applications/{applicationId}/admissions", list_admissions},
    {"POST", "/v1/accounts/{accountId}/voice-applications/{applicationId}/explain", explain_admission},
    {"GET", "/v1/accounts/{accountId}/webhooks", list_webhooks},
    {"GET", "/api/v2/accounts/{accountId}/calls", list_calls},
    {"GET", kCall, get_call},
    {"POST", kCall, update_call},
    {"PUT", "/api/v2/accounts/{accountId}/calls/{callId}/bxml", replace_document},
    {"PUT", "/api/v2/accounts/{accountId}/calls/{callId}/recording", update_recording},
    {"GET", "/api/v2/accounts/{accountId}/recordings", list_recordings},
    {"GET", "/api/v2/accounts/{accountId}/calls/{callId}/recordings", list_call_recordings},
    {"GET", kRecording, get_recording},
    {"DELETE", kRecording, delete_recording},
    {"GET", kMedia, get_recording_media},
    {"DELETE", kMedia, delete_recording_media},
    {"GET", kTranscription, get_transcription},
    {"DELETE", kTranscription, delete_transcription},
    {"GET", "/api/v2/accounts/{accountId}/statistics", get_statistics},
    {"GET", "/healthz", healthz},
    {"GET", "/readyz", readyz},
    {"GET", "/metrics", metrics},
    {"GET", "/openapi.yaml", serve_openapi},
    {"GET", "/docs", serve_docs},
};

}  // namespace

std::vector<RouteName> all_routes() {
  std::vector<RouteName> names;
  for (const auto& route : kRoutes) names.push_back({route.method, route.pattern});
  return names;
}

void add_routes(http::Router& router, const Services& services) {
  for (const auto& route : kRoutes) {
    router.add(route.method, route.pattern,
               [&services, function = route.function](const http::Request& request) {
                 return function(services, request);
               });
  }
}

http::Response serve(const http::Router& router, const Services& services, http::Request request) {
  if (auto refused = refuse(services, request)) return *refused;
  // The router would answer HEAD as GET; a method that no route has makes it say 405 and what is allowed.
  if (request.method == "HEAD" && is_api_path(request.path)) request.method = "-";
  return router.route(std::move(request));
}

}  // namespace portico::api
