#pragma once
// URLs as documents carry them (contract bxml.md sections 1 and 3).

#include <string>
#include <string_view>

#include "base/result.h"

namespace portico::bxml {

// `ref` against `base_url` (RFC 3986 section 5), absolute, with the scheme in lower case. `base_url` may be
// empty: then `ref` must be absolute. Only http and https with a host; at most limits::kUrlBytesMax. The
// error's sentence starts with a verb ("must be http or https") and never repeats the URL.
Result<std::string> resolve(std::string_view base_url, std::string_view ref);

// An absolute ws:// or wss:// URI with a host and without a fragment (RFC 6455 section 3), returned as it is.
Result<std::string> websocket_uri(std::string_view text);

bool is_https(std::string_view absolute_url);

}  // namespace portico::bxml
