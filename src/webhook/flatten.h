#pragma once
// An event as query parameters, for callbacks whose method is GET (contract webhooks.md section 2).

#include <boost/json/object.hpp>

#include "http/message.h"

namespace portico::webhook {

// Nested names are joined with dots, arrays repeat their name, null is left out. In the order of the event.
http::NamedValues flatten(const boost::json::object& event);

}  // namespace portico::webhook
