#pragma once
// The media type of a request's body.

#include <initializer_list>
#include <string_view>

#include "http/message.h"

namespace portico::api {

// True when Content-Type is one of `types`, whatever its parameters.
bool has_media_type(const http::Request& request, std::initializer_list<std::string_view> types);

}  // namespace portico::api
