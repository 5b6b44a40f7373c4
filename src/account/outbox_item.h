#pragma once
// An asynchronous webhook that must be told at least once, also across a restart. Items of one ordering key
// are delivered one after the other, in the order in which they were enqueued. A `disconnect` also waits for
// the `dtmf` of its call, up to five minutes: it is the last state of a call that a backend hears of.

#include <cstdint>
#include <optional>
#include <string>

#include "account/application.h"
#include "base/time.h"

namespace portico::account {

struct OutboxItem {
  std::string id;  // UUID given by whoever enqueues: enqueueing the same id twice keeps one
  std::string account_id;
  std::string application_id;
  std::string call_id;
  std::string event;
  std::string ordering_key;  // call id, a space, URL (contract webhooks.md "Ordering")
  std::string url;
  Method method = Method::post;
  std::optional<BasicCredentials> credentials;  // kept as they are, see BasicCredentials
  std::string fallback_url;                     // empty: none
  Method fallback_method = Method::post;
  std::optional<BasicCredentials> fallback_credentials;
  std::string content_type;
  std::string body;
  Millis timeout = kCallbackTimeoutDefault;
  std::uint32_t attempts = 0;  // made so far
  WallTime created{};
  WallTime not_before{};

  friend bool operator==(const OutboxItem&, const OutboxItem&) = default;
};

}  // namespace portico::account
