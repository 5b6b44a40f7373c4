#pragma once
// An application as the JSON of contract voice-applications.md section 3 "Fields", both ways.

#include <boost/json/object.hpp>
#include <string_view>

#include "account/patch.h"

namespace portico::api {

// Without any password: those of webhooks are write-only, the SIP password is added by whoever just made it.
boost::json::object to_json(const account::Application& application, std::string_view domain);

// Members of other names are ignored.
account::Patch patch_from_json(const boost::json::object& body);

}  // namespace portico::api
