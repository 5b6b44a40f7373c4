#pragma once
// The customer's backend as a call sees it: call::Webhooks by HTTP. Any thread.

#include "call/ports.h"
#include "webhook/asker.h"
#include "webhook/outbox.h"
#include "webhook/outbox_entry.h"

namespace portico::webhook {

class Courier final : public call::Webhooks {
 public:
  // `store`, `workers` and `client` must outlive the courier, `sink` must work as long as the client lives.
  Courier(account::Store& store, async::Executor& workers, http::Fetcher& client, const WriteSink& sink,
          OutboxOptions options = {})
      : exchanges_(std::make_shared<Exchanges>(sink)),
        asker_(client, exchanges_, options.bounds),
        outbox_(store, workers, client, exchanges_, sink, options) {}

  // Begins to tell events, those that an earlier process left behind first.
  void start() { outbox_.start(); }
  // Outbox::stop. Questions under way are answered as long as the client lives.
  void stop(Millis patience) { outbox_.stop(patience); }

  void ask(call::RequestId request, call::Webhook webhook, call::Sender answers) override {
    const auto key = ordering_key(webhook);
    outbox_.after_told(key, [this, request, webhook = std::move(webhook),
                             answers = std::move(answers)]() mutable {
      const bool wanted = webhook.wanted == nullptr || *webhook.wanted;  // it may have been held for a while
      if (!wanted) {
        answers.post(call::WebhookAnswer{
            .request = request, .reply = fail(Code::cancelled, "nobody waits for the answer any more")});
        return;
      }
      asker_.ask(request, std::move(webhook), std::move(answers));
    });
  }
  void tell(call::Webhook webhook) override { outbox_.tell(webhook); }
  void tell_end(call::Webhook webhook, const account::CallRecord& record) override {
    outbox_.tell(webhook, record);
  }
  void tell_end(call::Webhook webhook, const account::RecordingRecord& record) override {
    outbox_.tell(webhook, record);
  }

 private:
  std::shared_ptr<const Exchanges> exchanges_;
  Asker asker_;
  Outbox outbox_;
};

}  // namespace portico::webhook
