#include "portico/joints.h"

#include "base/counters.h"
#include "base/log.h"

namespace portico::app {

void MediaPort::open(const Open& request, call::Sender events) {
  node_.open({.port = request.port,
              .group = request.group,
              .expected_rtp = request.expected_rtp,
              .signalling_source = request.signalling_source,
              .srtp = request.srtp},
             [events = std::move(events)](media::Event event) { events.post(std::move(event)); });
}

bool submit(store::WriteBehind& writes, account::Write write) {
  static auto& lost =
      counter("portico_store_writes_refused_total", "Writes that the store's queue did not take");
  const auto taken = writes.submit(std::move(write));
  if (taken) return true;
  lost.add();
  log::error("a write to the store was refused", {{"why", taken.error().what}});
  return false;
}

void StoredRecords::save(const account::CallRecord& record) { submit(writes_, record); }
void StoredRecords::save(const account::RecordingRecord& record) { submit(writes_, record); }

}  // namespace portico::app
