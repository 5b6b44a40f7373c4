#pragma once
// What is kept of each attempt: a row of the webhook log for the application's owner, and metrics. Any
// thread.

#include <functional>
#include <string>

#include "account/store.h"
#include "account/webhook_exchange.h"
#include "webhook/attempt.h"

namespace portico::webhook {

// Hands a write to whoever keeps it, without waiting; false when it was refused. Any thread.
using WriteSink = std::function<bool(account::Write)>;

// Whom an event is about.
struct Subject {
  std::string account_id;
  std::string application_id;
  std::string call_id;
  std::string event;  // eventType
};

class Exchanges {
 public:
  explicit Exchanges(WriteSink sink) : sink_(std::move(sink)) {}

  struct Attempt {
    WallTime asked{};
    std::uint32_t number = 1;
    bool fallback = false;
    const Target* target = nullptr;
    const std::string* request_body = nullptr;
  };
  // Never throws: what an attempt leads to does not hang on its row.
  void keep(const Subject& subject, const Attempt& made, const Outcome& outcome) const;

 private:
  WriteSink sink_;
};

}  // namespace portico::webhook
