#pragma once
// What every call of one signalling thread shares: its loop, its ports, and facts of the deployment.

#include <string>
#include <vector>

#include "async/loop.h"
#include "base/codec.h"
#include "base/rate_bucket.h"
#include "call/ports.h"
#include "sdp/negotiation.h"

namespace portico::call {

struct Environment {
  async::Loop& loop;
  Media& media;
  Webhooks& webhooks;
  Sounds& sounds;
  Objects& objects;
  Records& records;
  std::string base_url;         // "https://voice.example.org": callUrl and mediaUrl begin with it
  std::string inline_base_url;  // of relative URLs in inline documents: this server, as it reaches itself
  std::string node;             // this process's name in the deployment
  std::vector<Codec> codecs{Codec::pcmu, Codec::pcma, Codec::g722,
                            Codec::opus};  // allowed, our offer's order
  sdp::SrtpMode srtp = sdp::SrtpMode::optional;
  RateBucket notes{};  // of the log, for what calls may ask for without an end
};

}  // namespace portico::call
