#pragma once
// Answers with a JSON body, in the two shapes that the contract knows.

#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "account/patch.h"
#include "base/ids.h"
#include "base/result.h"
#include "http/message.h"

namespace portico::api {

http::Response json_answer(int status, const boost::json::value& body, std::string_view content_type);

// --- Voice Application Management API and /v1: the envelope of contract voice-applications.md section 3 ---

struct Problem {
  std::string description;
  std::string source_kind;  // "field", "parameter", "header"; empty: no source
  std::string source_name;
  std::string id = new_uuid();
};

http::Response envelope(int status, boost::json::value data);
http::Response problems(int status, const std::vector<Problem>& all);
http::Response problem(int status, std::string description);
std::vector<Problem> problems_of(const account::Faults& faults);
// A 5xx says no more than that it is our fault, with the id under which the log says more.
http::Response problem_of(const Error& error);

// --- Voice API: contract voice-api.md section 1 "Error body" ---

http::Response voice_answer(int status, const boost::json::value& body);
http::Response voice_error(int status, std::string_view description);
http::Response voice_error_of(const Error& error);  // as problem_of()

// --- for either, by the path of the request ---

// A 5xx of a request that has a path is logged under its id; who is refused before he asks fills no log.
http::Response error_page(const http::Request& request, int status, std::string_view what);

}  // namespace portico::api
