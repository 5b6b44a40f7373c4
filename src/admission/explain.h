#pragma once
// "Would a call from there get in?" The same decide(), with facts from a question instead of an INVITE. The
// request's form, rates, account and node are taken to be fine.

#include <string>
#include <string_view>

#include "account/directory.h"
#include "admission/decide.h"

namespace portico::admission {

struct Question {
  IpAddress source;
  Transport transport = Transport::udp;
  std::string_view region;
  std::string_view user;  // user part of the Request-URI
  Credentials credentials = Credentials::absent;
  std::string_view realm;    // of the deployment: what the password was made for may be another
  bool require_tls = false;  // of the deployment
  bool hide_applications = false;
};

struct Answer {
  Decision decision;
  std::string explanation;
};

Facts facts_of(const Question& question, const account::Snapshot& applications);
Answer explain(const Question& question, const account::Snapshot& applications);

}  // namespace portico::admission
