#pragma once
// The shapes of webhooks and records, apart from the call that makes them (contract webhooks.md section 4).

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "account/call_record.h"
#include "account/recording_record.h"
#include "bxml/groups.h"
#include "call/inbound.h"
#include "call/ports.h"

namespace portico::call {

account::CallRecord first_record(const std::string& node, const Inbound& inbound);

// Fields every event about a call has (4.1).
boost::json::object common_fields(const account::CallRecord& record, std::string_view base_url,
                                  std::string_view type, WallTime now);
// `disconnect` of a record that has ended (4.3).
boost::json::object disconnect_fields(const account::CallRecord& record, std::string_view base_url,
                                      WallTime now);

// What recordComplete and recordingAvailable add (4.2, 4.3).
void add_recording_fields(boost::json::object& event, const account::RecordingRecord& record,
                          std::string_view base_url, WallTime now);
// `recordingAvailable` of a finished recording (4.3).
boost::json::object recording_available_fields(const account::CallRecord& call,
                                               const account::RecordingRecord& record,
                                               std::string_view base_url, WallTime now);

// `recordingAvailable`'s way, to be kept and found again.
account::RecordingNotice notice_of(const bxml::Callback& callback, const std::optional<std::string>& tag);
bxml::Callback callback_of(const account::RecordingNotice& notice);

bxml::Callback initiate_callback(const account::Callbacks& callbacks);
bxml::Callback status_callback(const account::Callbacks& callbacks);
Webhook webhook_of(const account::CallRecord& record, boost::json::object event,
                   const bxml::Callback& callback, Millis timeout);

}  // namespace portico::call
