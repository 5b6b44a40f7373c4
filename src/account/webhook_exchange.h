#pragma once
// One attempt at a webhook, as the owner of the application may read it. Credentials are not part of it.

#include <cstdint>
#include <optional>
#include <string>

#include "account/application.h"
#include "base/time.h"

namespace portico::account {

struct WebhookExchange {
  std::int64_t id = 0;  // given by the store; grows with time
  WallTime time{};      // when the request went out
  std::string account_id;
  std::string application_id;
  std::string call_id;
  std::string event;  // eventType: initiate, gather, …
  std::string url;
  Method method = Method::post;
  std::uint16_t status = 0;  // 0: no answer
  Millis latency{};
  std::uint32_t attempt = 1;
  bool fallback = false;
  std::string request_body;  // both cut to limits::kWebhookLogBodyBytesMax by the store
  std::string response_body;
  std::string error;  // empty: answered

  friend bool operator==(const WebhookExchange&, const WebhookExchange&) = default;
};

struct WebhookFilter {
  std::string account_id;
  std::optional<std::string> call_id;
  std::optional<std::string> application_id;
};

}  // namespace portico::account
