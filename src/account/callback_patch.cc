#include "account/callback_patch.h"

#include <boost/url/parse.hpp>
#include <charconv>
#include <cmath>

#include "base/limits.h"
#include "base/url_text.h"
#include "base/utf8.h"

namespace portico::account {
namespace {

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  return std::from_chars(text.data(), text.data() + text.size(), port).ec == std::errc() && port != 0;
}

void merge_url(const Given<std::string>& given, std::string_view field, std::string& url, FaultList& faults) {
  const auto* text = faults.nullable(given, field, "a string", url, std::string());
  if (text == nullptr) return;
  if (auto wrong = url_fault(*text)) {
    faults.add(field, std::string(field) + " " + *wrong);
  } else {
    url = *text;
  }
}

void merge_method(const Given<std::string>& given, std::string_view field, Method& method,
                  FaultList& faults) {
  const auto* text = faults.nullable(given, field, "a string", method, Method::post);
  if (text == nullptr) return;
  if (auto known = parse_method(*text)) {
    method = *known;
  } else {
    faults.add(field, std::string(field) + " must be GET or POST, but was " + quoted(*text));
  }
}

void take_member(const Given<std::string>& given, const std::string& field, std::string& into,
                 FaultList& faults) {
  const auto* text = faults.required(given, field, "a string");
  if (text == nullptr) return;
  if (count_characters(*text) > limits::kCredentialCharactersMax) {
    faults.add(field, field + " may have at most " + std::to_string(limits::kCredentialCharactersMax) +
                          " characters");
  } else if (has_control_characters(*text)) {
    faults.add(field, field + " must not hold control characters");
  } else {
    into = *text;
  }
}

// RFC 7396: an object inside the patch is merged member by member.
void merge_credentials(const Given<CredentialsPatch>& given, const std::string& field,
                       std::optional<BasicCredentials>& credentials, FaultList& faults) {
  const auto* members = faults.nullable(given, field, "an object with userId and password", credentials, {});
  if (members == nullptr) return;
  if (!credentials && members->password.absent()) {
    faults.add(field + ".password", field + ".password is missing");
  }
  auto next = credentials.value_or(BasicCredentials{});
  take_member(members->user_id, field + ".userId", next.user_id, faults);
  take_member(members->password, field + ".password", next.password, faults);
  if (next.user_id.empty() && !faults.names(field + ".userId")) {
    faults.add(field + ".userId", field + ".userId is missing");
  } else if (next.user_id.find(':') != std::string::npos) {
    faults.add(field + ".userId", field + ".userId must not hold a colon (RFC 7617)");
  }
  credentials = std::move(next);
}

void merge_timeout(const Given<double>& given, Millis& timeout, FaultList& faults) {
  constexpr std::string_view kField = "callbackTimeout";
  const auto* seconds = faults.nullable(given, kField, "a number", timeout, kCallbackTimeoutDefault);
  if (seconds == nullptr) return;
  if (!(*seconds >= 1 && *seconds <= 25)) {
    faults.add(kField, "callbackTimeout must be within the range [1, 25]");
  } else {
    timeout = Millis(std::llround(*seconds * 1000));
  }
}

void merge_inline_bxml(const Patch& patch, const Deployment& deployment, Application& next,
                       FaultList& faults) {
  constexpr std::string_view kField = "inlineBxml";
  const auto* text = faults.nullable(patch.inline_bxml, kField, "a string", next.inline_bxml, std::string());
  if (text != nullptr) {
    if (text->size() > limits::kBxmlBytesMax) {
      faults.add(kField, "inlineBxml may have at most " + std::to_string(limits::kBxmlBytesMax) + " bytes");
      return;
    }
    const auto wrong =
        deployment.bxml_fault && !text->empty() ? deployment.bxml_fault(*text) : std::optional<std::string>();
    if (wrong) {
      faults.add(kField, "inlineBxml: " + *wrong);
      return;
    }
    next.inline_bxml = *text;
  }
  if (!next.inline_bxml.empty() && !next.callbacks.initiated_url.empty()) {
    faults.add(kField, "inlineBxml and callInitiatedCallbackUrl exclude each other; set one of them to null");
  }
}

}  // namespace

std::optional<std::string> url_fault(std::string_view url) {
  if (url.size() > limits::kUrlBytesMax) {
    return "may have at most " + std::to_string(limits::kUrlBytesMax) + " bytes";
  }
  constexpr std::string_view kNone = "must be an absolute URL such as https://example.org/path";
  const UrlText text(url);
  const auto parsed = boost::urls::parse_absolute_uri(text.parsable());
  if (!parsed) return std::string(kNone);
  if (parsed->scheme_id() != boost::urls::scheme::http && parsed->scheme_id() != boost::urls::scheme::https) {
    return "must be an http or https URL";
  }
  if (!parsed->has_authority() || parsed->encoded_host().empty()) return "must name a host";
  if (parsed->has_userinfo()) return "must not hold a user name or password; use the credentials field";
  if (!parsed->port().empty() && !is_port(parsed->port())) return "has a port out of range";
  // Boost 1.81 takes for a path what follows the digits of a port.
  const std::string_view path(parsed->encoded_path().data(), parsed->encoded_path().size());
  if (!path.empty() && !path.starts_with('/')) return std::string(kNone);
  return std::nullopt;
}

void merge_callbacks(const Patch& patch, const Deployment& deployment, Application& next, FaultList& faults) {
  Callbacks& to = next.callbacks;
  merge_url(patch.call_initiated_callback_url, "callInitiatedCallbackUrl", to.initiated_url, faults);
  merge_method(patch.call_initiated_method, "callInitiatedMethod", to.initiated_method, faults);
  merge_url(patch.call_initiated_fallback_url, "callInitiatedFallbackUrl", to.initiated_fallback_url, faults);
  merge_method(patch.call_initiated_fallback_method, "callInitiatedFallbackMethod",
               to.initiated_fallback_method, faults);
  merge_credentials(patch.call_initiated_fallback_creds, "callInitiatedFallbackCreds",
                    to.initiated_fallback_credentials, faults);
  merge_url(patch.call_status_callback_url, "callStatusCallbackUrl", to.status_url, faults);
  merge_method(patch.call_status_method, "callStatusMethod", to.status_method, faults);
  merge_credentials(patch.callback_creds, "callbackCreds", to.credentials, faults);
  merge_timeout(patch.callback_timeout, to.timeout, faults);
  merge_inline_bxml(patch, deployment, next, faults);
}

}  // namespace portico::account
