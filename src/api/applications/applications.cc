#include "api/applications/applications.h"

#include <boost/json.hpp>

#include "api/applications/application_json.h"
#include "api/applications/etag.h"
#include "api/json_answer.h"
#include "api/media_type.h"
#include "api/paging.h"
#include "base/log.h"
#include "http/json.h"

namespace portico::api {
namespace {

constexpr std::string_view kChanged =
    "The voice application has changed since the version that If-Match names; read it again";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string account_of(const http::Request& request) { return std::string(request.param("accountId")); }

http::Response precondition_failed() {
  return problems(412, {Problem{std::string(kChanged), "header", "If-Match"}});
}

// The body as a patch, or the 415 or 400 that it earns.
tl::expected<account::Patch, http::Response> read_patch(const http::Request& request, bool merge_patch_too) {
  const bool known = merge_patch_too
                         ? has_media_type(request, {"application/json", "application/merge-patch+json"})
                         : has_media_type(request, {"application/json"});
  if (!known) return tl::unexpected(problem(415, "Content-Type must be application/json"));
  const auto body = http::parse_json_object(request.body);
  if (!body) return tl::unexpected(problem_of(body.error()));
  return patch_from_json(*body);
}

http::Response shown(const Services& services, int status, const account::Application& application,
                     const std::optional<std::string>& password) {
  auto data = to_json(application, services.deployment.domain);
  if (password) data["sipAuthPassword"] = *password;
  auto response = envelope(status, std::move(data));
  response.headers.set("ETag", etag_of(application.version));
  // A password may be in it; and what is read must be what holds.
  response.headers.set("Cache-Control", "no-store");
  return response;
}

// One try. A conflict means that somebody else changed the application in between.
Result<http::Response> try_patch(const Services& services, const http::Request& request,
                                 const account::Patch& patch, const account::Fresh& fresh) {
  const auto current = application_of(services, request);
  if (!current) return problem_of(current.error());
  if (!if_match(request.headers.get("If-Match"), current->version)) return precondition_failed();
  auto changed = account::merge(*current, patch, services.deployment, fresh);
  if (!changed) return problems(400, problems_of(changed.error()));
  if (changed->application.version != current->version) {
    const auto updated = services.store.update_application(changed->application, current->version);
    if (!updated) {
      if (updated.error().code == Code::conflict) return fail(updated.error());
      return problem_of(updated.error());
    }
    services.directory.put(changed->application);
    log::info("voice application changed", {{"applicationId", changed->application.id},
                                            {"version", changed->application.version},
                                            {"newPassword", changed->one_time_password ? "yes" : "no"}});
  }
  return shown(services, 200, changed->application, changed->one_time_password);
}

}  // namespace

Result<account::Application> application_of(const Services& services, const http::Request& request) {
  return services.store.application(request.param("accountId"), lower(request.param("applicationId")));
}

http::Response list_applications(const Services& services, const http::Request& request) {
  std::vector<Problem> wrong;
  const auto query = read_page_query(request, wrong);
  if (!wrong.empty()) return problems(400, wrong);
  auto page = services.store.list_applications(request.param("accountId"), query.request);
  if (!page) return problem_of(page.error());
  PageOf out{.next = std::move(page->next), .total = page->total};
  for (const auto& application : page->items)
    out.data.push_back(to_json(application, services.deployment.domain));
  return page_answer(request, query, std::move(out));
}

http::Response create_application(const Services& services, const http::Request& request) {
  const auto patch = read_patch(request, false);
  if (!patch) return patch.error();
  const auto fresh = account::make_fresh(services.clock().wall);
  const auto made = account::create(account_of(request), *patch, services.deployment, fresh);
  if (!made) return problems(400, problems_of(made.error()));
  const account::Application& application = made->application;
  if (const auto kept = services.store.insert_application(application); !kept)
    return problem_of(kept.error());
  services.directory.put(application);
  log::info("voice application created",
            {{"applicationId", application.id}, {"accountId", application.account_id}});
  auto response = shown(services, 201, application, made->one_time_password);
  response.headers.set("Location",
                       "/v2/accounts/" + application.account_id + "/voice-applications/" + application.id);
  return response;
}

http::Response get_application(const Services& services, const http::Request& request) {
  const auto application = application_of(services, request);
  if (!application) return problem_of(application.error());
  return shown(services, 200, *application, std::nullopt);
}

http::Response patch_application(const Services& services, const http::Request& request) {
  constexpr int kTries = 5;
  const auto patch = read_patch(request, true);
  if (!patch) return patch.error();
  const auto fresh = account::make_fresh(services.clock().wall);
  for (int i = 0; i < kTries; ++i) {
    auto done = try_patch(services, request, *patch, fresh);
    if (done) return *done;
  }
  return problem(409, "The voice application is being changed by others; try again");
}

http::Response delete_application(const Services& services, const http::Request& request) {
  const auto current = application_of(services, request);
  if (!current) return problem_of(current.error());
  const auto condition = request.headers.get("If-Match");
  if (!if_match(condition, current->version)) return precondition_failed();
  const auto expected = condition.empty() ? std::nullopt : std::optional(current->version);
  const auto deleted = services.store.delete_application(current->account_id, current->id, expected);
  if (!deleted) {
    const auto now = application_of(services, request);
    if (expected && now && now->version != *expected) return precondition_failed();
    return problem_of(deleted.error());
  }
  services.directory.remove(current->id);
  log::info("voice application deleted",
            {{"applicationId", current->id}, {"accountId", current->account_id}});
  return {.status = 204};
}

}  // namespace portico::api
