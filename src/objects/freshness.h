#pragma once
// How long a fetched sound may be played again without asking: RFC 7234 as far as bxml.md PlayAudio wants it.

#include <chrono>

#include "base/time.h"
#include "http/headers.h"

namespace portico::objects {

// Zero: not at all. max-age less Age; else Expires less Date (or `now`); no-store, no-cache and private are
// zero. Never longer than a day.
std::chrono::seconds fresh_for(const http::Headers& headers, WallTime now);

}  // namespace portico::objects
