#pragma once
// Recordings in the Voice API: contract voice-api.md section 4.

#include "api/services.h"
#include "http/message.h"

namespace portico::api {

http::Response list_recordings(const Services& services, const http::Request& request);  // of the account
http::Response list_call_recordings(const Services& services, const http::Request& request);  // of one call
http::Response get_recording(const Services& services, const http::Request& request);
http::Response delete_recording(const Services& services, const http::Request& request);
http::Response get_recording_media(const Services& services, const http::Request& request);
http::Response delete_recording_media(const Services& services, const http::Request& request);
http::Response get_transcription(const Services& services, const http::Request& request);
http::Response delete_transcription(const Services& services, const http::Request& request);

}  // namespace portico::api
