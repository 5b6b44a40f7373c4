#pragma once
// An admitted INVITE as plain facts: all that a call knows of how it came about.

#include <boost/json/object.hpp>
#include <memory>
#include <optional>
#include <string>

#include "account/application.h"
#include "base/address.h"
#include "base/time.h"

namespace portico::call {

struct Inbound {
  std::string call_id;                                      // c-…, made by whoever admitted it
  std::shared_ptr<const account::Application> application;  // as it was when the call was admitted
  std::string from;  // webhooks.md `initiate`: E.164, SIP URI or Anonymous
  std::string to;
  std::string sip_call_id;
  boost::json::object initiate_extras;  // sipHeaders, diversion, uui; those that exist
  std::optional<std::string> offer;     // nothing: late offer
  IpAddress source;                     // transport peer
  bool signalling_encrypted = false;    // TLS: an SDES key did not travel in the clear
  WallTime arrived{};
};

}  // namespace portico::call
