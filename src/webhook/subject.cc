#include "webhook/subject.h"

#include <boost/json/value.hpp>

#include "http/headers.h"

namespace portico::webhook {

Subject subject_of(const call::Webhook& webhook) {
  Subject subject{
      .account_id = webhook.account_id, .application_id = webhook.application_id, .call_id = webhook.call_id};
  const auto* type = webhook.event.if_contains("eventType");
  if (type != nullptr && type->is_string()) subject.event = std::string(type->get_string());
  return subject;
}

Target target_of(call::Callback callback) {
  return {.url = std::move(callback.url),
          .get = http::equal_names(callback.method, "GET"),
          .username = std::move(callback.username),
          .password = std::move(callback.password)};
}

}  // namespace portico::webhook
