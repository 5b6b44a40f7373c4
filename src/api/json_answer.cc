#include "api/json_answer.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "base/utf8.h"
#include "http/status.h"

namespace portico::api {
namespace {

namespace json = boost::json;

std::string_view problem_type(int status) {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "resource_not_found";
    case 405:
      return "method_not_allowed";
    case 409:
      return "conflict";
    case 412:
      return "precondition_failed";
    case 413:
    case 431:
      return "request_too_large";
    case 415:
      return "unsupported_media_type";
    case 429:
      return "too_many_requests";
    default:
      return status < 500 ? "invalid_parameter" : "service_unavailable";
  }
}

// What went wrong inside is for our log; the client gets the id under which it stands there.
std::string note_failure(const Error& error) {
  std::string id = new_uuid();
  log::error("an API request failed",
             {{"errorId", id}, {"code", code_name(error.code)}, {"error", error.what}});
  return id;
}

constexpr std::string_view kOurFault = "The request could not be carried out just now; please try again";

}  // namespace

http::Response json_answer(int status, const json::value& body, std::string_view content_type) {
  return {.status = status,
          .headers = {{"Content-Type", std::string(content_type)}},
          .body = mend_utf8(json::serialize(body))};  // a request may be repeated in it
}

http::Response envelope(int status, json::value data) {
  const json::object body{{"links", json::array()}, {"data", std::move(data)}, {"errors", json::array()}};
  return json_answer(status, body, "application/json");
}

http::Response problems(int status, const std::vector<Problem>& all) {
  json::array errors;
  for (const auto& problem : all) {
    json::object error{{"id", problem.id},
                       {"type", problem_type(status)},
                       {"description", problem.description},
                       {"code", std::to_string(status)}};
    if (!problem.source_kind.empty()) {
      error["source"] = json::object{{problem.source_kind, problem.source_name}};
    }
    errors.push_back(std::move(error));
  }
  const json::object body{{"links", json::array()}, {"data", nullptr}, {"errors", std::move(errors)}};
  return json_answer(status, body, "application/json");
}

http::Response problem(int status, std::string description) {
  return problems(status, {Problem{.description = std::move(description)}});
}

std::vector<Problem> problems_of(const account::Faults& faults) {
  std::vector<Problem> all;
  for (const auto& fault : faults) all.push_back({fault.description, "field", fault.field});
  return all;
}

http::Response problem_of(const Error& error) {
  const int status = http::http_status(error.code);
  if (status < 500) return problem(status, error.what);
  return problems(status, {Problem{.description = std::string(kOurFault), .id = note_failure(error)}});
}

http::Response voice_answer(int status, const json::value& body) {
  return json_answer(status, body, "application/json;charset=UTF-8");
}

http::Response voice_error(int status, std::string_view description) {
  return voice_answer(
      status,
      json::object{{"type", http::error_type(status)}, {"description", description}, {"id", nullptr}});
}

http::Response voice_error_of(const Error& error) {
  const int status = http::http_status(error.code);
  if (status < 500) return voice_error(status, error.what);
  return voice_answer(status, json::object{{"type", http::error_type(status)},
                                           {"description", kOurFault},
                                           {"id", note_failure(error)}});
}

http::Response error_page(const http::Request& request, int status, std::string_view what) {
  const bool in_envelope = request.path.starts_with("/v2/") || request.path.starts_with("/v1/");
  if (status >= 500 && !request.path.empty()) {
    const Error error{status == 503 ? Code::busy : Code::internal, std::string(what)};
    return in_envelope ? problem_of(error) : voice_error_of(error);
  }
  if (in_envelope) return problem(status, std::string(what));
  if (request.path.starts_with("/api/v2/")) {
    if (status == 404) what = "Not Found";
    if (status == 405) what = "Method Not Allowed";
  }
  return voice_error(status, what);
}

}  // namespace portico::api
