#pragma once
// Identifiers as the contract shows them (voice-api.md section 1): "c-" + 8 hex + "-" + UUID and so on. The 8
// hex digits come from the clock.

#include <string>
#include <string_view>

namespace portico {

std::string new_uuid();               // RFC 9562 version 4, lower case
bool is_uuid(std::string_view text);  // 8-4-4-4-12 hex, either case
std::string new_call_id();            // c-…, 47 characters
std::string new_recording_id();       // r-…
std::string new_conference_id();      // conf-…, 50 characters
std::string new_stream_id();          // s-…
std::string new_transcription_id();   // t-…

}  // namespace portico
