#include "api/applications/admissions.h"

#include <array>
#include <boost/json.hpp>

#include "admission/explain.h"
#include "api/applications/applications.h"
#include "api/json_answer.h"
#include "api/media_type.h"
#include "api/paging.h"
#include "http/json.h"

namespace portico::api {
namespace {

namespace json = boost::json;
using admission::Credentials;

json::value answer_json(std::uint16_t status) { return status == 0 ? json::value() : json::value(status); }

json::object to_json(const account::AdmissionRow& row) {
  return {{"time", to_iso8601(row.time)},
          {"source", row.source.to_string()},
          {"transport", row.transport},
          {"region", row.region},
          {"sipCallId", row.sip_call_id},
          {"from", row.from},
          {"step", row.step},
          {"reason", row.reason},
          {"answer", answer_json(row.answer)},
          {"explanation", row.explanation}};
}

constexpr std::array kCredentialNames{
    std::pair{std::string_view("absent"), Credentials::absent},
    std::pair{std::string_view("right"), Credentials::right},
    std::pair{std::string_view("wrong"), Credentials::wrong},
    std::pair{std::string_view("stale"), Credentials::stale},
    std::pair{std::string_view("replayed"), Credentials::replayed},
    std::pair{std::string_view("malformed"), Credentials::malformed},
    std::pair{std::string_view("otherRealm"), Credentials::other_realm},
};

struct Asked {
  IpAddress source;
  admission::Transport transport = admission::Transport::udp;
  std::string region;
  std::optional<std::string> user_part;
  Credentials credentials = Credentials::absent;
};

Asked read_question(const json::object& body, const std::string& default_region,
                    std::vector<http::FieldError>& wrong) {
  http::FieldReader in(body, wrong);
  Asked asked;
  if (const auto text = in.string("source", http::FieldReader::required)) {
    const auto ip = parse_ip(*text);
    if (ip) asked.source = *ip;
    if (!ip) in.error("source", "must be an IP address");
  }
  if (const auto text = in.string("transport")) {
    const auto transport = admission::parse_transport(*text);
    if (transport) asked.transport = *transport;
    if (!transport) in.error("transport", "must be udp, tcp, tls, ws or wss");
  }
  asked.region = in.string("region").value_or(default_region);
  asked.user_part = in.string("userPart");
  if (const auto text = in.string("credentials")) {
    const auto* found = std::find_if(kCredentialNames.begin(), kCredentialNames.end(),
                                     [&](const auto& known) { return known.first == *text; });
    if (found != kCredentialNames.end()) asked.credentials = found->second;
    if (found == kCredentialNames.end()) {
      in.error("credentials", "must be absent, right, wrong, stale, replayed, malformed or otherRealm");
    }
  }
  return asked;
}

// The application's own user part unless another is asked for. Of other accounts' applications nobody is
// told.
std::string user_part_of(const Asked& asked, const account::Application& application,
                         const account::Snapshot& directory) {
  if (!asked.user_part) return application.sip_user;
  const auto* named = directory.by_sip_user(*asked.user_part);
  return named != nullptr && named->account_id == application.account_id ? named->sip_user : "";
}

}  // namespace

http::Response list_admissions(const Services& services, const http::Request& request) {
  std::vector<Problem> wrong;
  const auto query = read_page_query(request, wrong);
  if (!wrong.empty()) return problems(400, wrong);
  const auto application = application_of(services, request);
  if (!application) return problem_of(application.error());
  auto page = services.store.list_admissions(application->id, query.request);
  if (!page) return problem_of(page.error());
  PageOf out{.next = std::move(page->next), .total = std::nullopt};
  for (const auto& row : page->items) out.data.push_back(to_json(row));
  return page_answer(request, query, std::move(out));
}

http::Response explain_admission(const Services& services, const http::Request& request) {
  if (!has_media_type(request, {"application/json"}))
    return problem(415, "Content-Type must be application/json");
  const auto body = http::parse_json_object(request.body);
  if (!body) return problem_of(body.error());
  std::vector<http::FieldError> wrong;
  const auto asked = read_question(*body, services.region, wrong);
  if (!wrong.empty()) {
    std::vector<Problem> all;
    all.reserve(wrong.size());
    for (const auto& error : wrong) all.push_back({error.path + " " + error.what, "field", error.path});
    return problems(400, all);
  }
  const auto application = application_of(services, request);
  if (!application) return problem_of(application.error());
  const auto snapshot = services.directory.snapshot();
  const auto user_part = user_part_of(asked, *application, *snapshot);
  const auto answer = admission::explain({.source = asked.source,
                                          .transport = asked.transport,
                                          .region = asked.region,
                                          .user = user_part,
                                          .credentials = asked.credentials,
                                          .realm = services.deployment.realm,
                                          .require_tls = services.require_tls,
                                          .hide_applications = services.hide_applications},
                                         *snapshot);
  return envelope(200, json::object{{"admitted", answer.decision.admitted()},
                                    {"step", static_cast<int>(answer.decision.step)},
                                    {"reason", admission::reason_code(answer.decision.reason)},
                                    {"answer", answer_json(answer.decision.status)},
                                    {"challenge", answer.decision.challenge},
                                    {"explanation", answer.explanation}});
}

}  // namespace portico::api
