#include "call/refused.h"

#include "base/ids.h"
#include "base/log.h"
#include "call/event_fields.h"

namespace portico::call {

void record_refused(Environment& environment, const Inbound& inbound, std::string_view cause,
                    std::string message, bool noted) {
  const auto now = environment.loop.wall();
  auto record = first_record(environment.node, inbound);
  record.state = "disconnected";
  record.ended = now;
  record.last_update = now;
  record.disconnect_cause = std::string(cause);
  record.error_message = std::move(message);
  record.error_id = new_uuid();
  if (noted) {
    log::info("call refused", {{"callId", record.call_id},
                               {"cause", cause},
                               {"errorId", *record.error_id},
                               {"sipCallId", record.sip_call_id}});
  }
  const auto& callbacks = inbound.application->callbacks;
  if (callbacks.status_url.empty()) return environment.records.save(record);
  environment.webhooks.tell_end(webhook_of(record, disconnect_fields(record, environment.base_url, now),
                                           status_callback(callbacks), callbacks.timeout),
                                record);
}

}  // namespace portico::call
