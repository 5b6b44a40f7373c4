#include "api/applications/application_json.h"

#include <boost/json.hpp>
#include <cmath>

namespace portico::api {
namespace {

namespace json = boost::json;
using account::Given;

json::value text_or_null(const std::string& text) { return text.empty() ? json::value() : json::value(text); }

json::value credentials_json(const std::optional<account::BasicCredentials>& credentials) {
  if (!credentials) return nullptr;
  return json::object{{"userId", credentials->user_id}};
}

json::value seconds_json(Millis duration) {
  if (duration.count() % 1000 == 0) return duration.count() / 1000;
  return static_cast<double>(duration.count()) / 1000;
}

void add_callbacks(json::object& out, const account::Callbacks& callbacks) {
  out["callInitiatedCallbackUrl"] = text_or_null(callbacks.initiated_url);
  out["callInitiatedMethod"] = account::method_name(callbacks.initiated_method);
  out["callInitiatedFallbackUrl"] = text_or_null(callbacks.initiated_fallback_url);
  out["callInitiatedFallbackMethod"] = account::method_name(callbacks.initiated_fallback_method);
  out["callInitiatedFallbackCreds"] = credentials_json(callbacks.initiated_fallback_credentials);
  out["callStatusCallbackUrl"] = text_or_null(callbacks.status_url);
  out["callStatusMethod"] = account::method_name(callbacks.status_method);
  out["callbackCreds"] = credentials_json(callbacks.credentials);
  out["callbackTimeout"] = seconds_json(callbacks.timeout);
}

// Reads one member as T with `read(value) -> optional<T>`.
template <typename T, typename Read>
Given<T> member(const json::object& body, std::string_view name, Read read) {
  const auto* value = body.if_contains(name);
  if (value == nullptr) return {};
  if (value->is_null()) return Given<T>::null();
  if (auto good = read(*value)) return Given<T>(std::move(*good));
  return Given<T>::wrong_type();
}

std::optional<std::string> as_string(const json::value& value) {
  if (!value.is_string()) return std::nullopt;
  return std::string(value.get_string());
}

std::optional<bool> as_bool(const json::value& value) {
  return value.is_bool() ? std::optional(value.get_bool()) : std::nullopt;
}

std::optional<double> as_number(const json::value& value) {
  if (!value.is_number()) return std::nullopt;
  return value.to_number<double>();
}

std::optional<std::vector<std::string>> as_strings(const json::value& value) {
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> list;
  for (const auto& item : value.get_array()) {
    if (!item.is_string()) return std::nullopt;
    list.emplace_back(item.get_string());
  }
  return list;
}

std::optional<account::CredentialsPatch> as_credentials(const json::value& value) {
  if (!value.is_object()) return std::nullopt;
  return account::CredentialsPatch{
      .user_id = member<std::string>(value.get_object(), "userId", as_string),
      .password = member<std::string>(value.get_object(), "password", as_string)};
}

}  // namespace

json::object to_json(const account::Application& application, std::string_view domain) {
  json::array sources;
  for (const auto& block : application.allowed_sources) sources.emplace_back(block.to_string());
  json::array regions;
  for (const auto& region : application.allowed_regions) regions.emplace_back(region);
  json::object out{{"applicationId", application.id},
                   {"applicationName", application.name},
                   {"sipUri", text_or_null(application.sip_uri(domain))},
                   {"inboundSipCallsEnabled", application.inbound_sip_enabled},
                   {"passwordAuthEnabled", application.password_auth_enabled},
                   {"allowedSourceIps", std::move(sources)},
                   {"allowedRegions", std::move(regions)},
                   {"requireTls", application.require_tls},
                   {"requireSrtp", application.require_srtp}};
  add_callbacks(out, application.callbacks);
  out["inlineBxml"] = text_or_null(application.inline_bxml);
  out["createdTime"] = to_iso8601(application.created);
  out["updatedTime"] = to_iso8601(application.updated);
  return out;
}

account::Patch patch_from_json(const json::object& body) {
  const auto text = [&](std::string_view name) { return member<std::string>(body, name, as_string); };
  const auto flag = [&](std::string_view name) { return member<bool>(body, name, as_bool); };
  const auto list = [&](std::string_view name) {
    return member<std::vector<std::string>>(body, name, as_strings);
  };
  const auto credentials = [&](std::string_view name) {
    return member<account::CredentialsPatch>(body, name, as_credentials);
  };
  return {.application_id = text("applicationId"),
          .sip_uri = text("sipUri"),
          .sip_auth_password = text("sipAuthPassword"),
          .application_name = text("applicationName"),
          .inbound_sip_calls_enabled = flag("inboundSipCallsEnabled"),
          .password_auth_enabled = flag("passwordAuthEnabled"),
          .allowed_source_ips = list("allowedSourceIps"),
          .allowed_regions = list("allowedRegions"),
          .require_tls = flag("requireTls"),
          .require_srtp = flag("requireSrtp"),
          .call_initiated_callback_url = text("callInitiatedCallbackUrl"),
          .call_initiated_method = text("callInitiatedMethod"),
          .call_initiated_fallback_url = text("callInitiatedFallbackUrl"),
          .call_initiated_fallback_method = text("callInitiatedFallbackMethod"),
          .call_initiated_fallback_creds = credentials("callInitiatedFallbackCreds"),
          .call_status_callback_url = text("callStatusCallbackUrl"),
          .call_status_method = text("callStatusMethod"),
          .callback_creds = credentials("callbackCreds"),
          .callback_timeout = member<double>(body, "callbackTimeout", as_number),
          .inline_bxml = text("inlineBxml")};
}

}  // namespace portico::api
