#pragma once
// The synchronous kind: asks for instructions, once at the primary URL, once at the fallback if there is one.
//
//   primary ─2xx─▶ answered
//      └─ anything else ─▶ fallback ─2xx─▶ answered
//                             └─ anything else, or none ─▶ failed
//
// Any thread; answers are posted.

#include <memory>

#include "call/ports.h"
#include "http/client.h"
#include "webhook/exchanges.h"

namespace portico::webhook {

class Asker {
 public:
  // The client must outlive the asker; questions under way may end after it.
  Asker(http::Fetcher& client, std::shared_ptr<const Exchanges> exchanges, TimeoutBounds bounds)
      : client_(client), exchanges_(std::move(exchanges)), bounds_(bounds) {}

  void ask(call::RequestId request, call::Webhook webhook, call::Sender answers);

 private:
  http::Fetcher& client_;
  std::shared_ptr<const Exchanges> exchanges_;
  TimeoutBounds bounds_;
};

}  // namespace portico::webhook
