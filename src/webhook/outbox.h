#pragma once
// The asynchronous kind: events are written to the store's outbox and delivered from there, so a restart
// loses none. Items of one call and URL go out one after the other; different ones beside each other.
// Delivery is at least once.
//
// Rounds run on a worker, never two at a time: settle what has been delivered, claim what is due, send it. A
// round follows each event that was told and each delivery that ended; without either, one a second.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "account/store.h"
#include "async/workers.h"
#include "call/ports.h"
#include "http/client.h"
#include "webhook/exchanges.h"

namespace portico::webhook {

struct OutboxOptions {
  TimeoutBounds bounds;
  Millis repeat_delay{1'000};  // contract webhooks.md section 3
  Millis lease{
      90'000};  // how long a claim holds if this process dies: over two attempts of the longest timeout
  Millis question_patience{2'000};  // the caller hears nothing meanwhile
  bool alone = false;  // no other process uses the store: what a killed one had claimed goes out at once
  std::size_t under_way_max = limits::kWebhookDeliveriesMax;
  // Requests at a time to one backend, and to all: fewer than the client has connections, so that a question,
  // for which a call waits, finds one free.
  std::size_t per_backend_max = limits::kWebhookConnectionsPerHostMax * 3 / 4;
  std::size_t asking_max = limits::kHttpClientConnectionsMax * 3 / 4;
};

class Outbox {
 public:
  // `store`, `workers` and `client` must outlive the outbox.
  Outbox(account::Store& store, async::Executor& workers, http::Fetcher& client,
         std::shared_ptr<const Exchanges> exchanges, WriteSink sink, OutboxOptions options);
  ~Outbox();  // as stop() with no patience

  void start();  // also sends what an earlier process left behind
  using Ended = std::variant<account::CallRecord, account::RecordingRecord>;
  // Any thread; never waits for the store or the network. `ended` is saved with the event.
  void tell(const call::Webhook& webhook, std::optional<Ended> ended = {});

  // Runs `question` once what its call has told the same URL is delivered or given up, or has kept it waiting
  // for question_patience. Any thread.
  void after_told(const std::string& ordering_key, std::function<void()> question);

  // Waits until everything told is delivered or given up, or `patience` is over. What is left then is claimed
  // by the next start. Not on a worker or the client's thread.
  void stop(Millis patience);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace portico::webhook
