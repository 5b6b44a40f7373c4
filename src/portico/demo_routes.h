#pragma once
// The backend of the demo application, which needs none of the user's own: `gather` comes in, BXML goes out.

#include "http/router.h"

namespace portico::app {

void add_demo_routes(http::Router& router);

}  // namespace portico::app
