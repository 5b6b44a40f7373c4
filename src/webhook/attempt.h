#pragma once
// One request to a customer's backend and what is made of its outcome (contract webhooks.md section 3).

#include <boost/json/object.hpp>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "http/client.h"

namespace portico::webhook {

// A URL of the customer's and what it takes to ask it.
struct Target {
  std::string url;
  bool get = false;  // else POST
  std::string username;
  std::string password;
};

struct TimeoutBounds {
  Millis min{1'000};
  Millis max{25'000};
};

// POST: the event as a JSON body. GET: the event as parameters behind the URL's own.
http::Fetch make_request(const Target& target, const std::string& json_body, Millis timeout);

enum class Verdict : unsigned char {
  delivered,    // any 2xx
  refused,      // another status, 3xx included, or a reply that is too large
  unreachable,  // no whole answer: connection failed, broke off, or took too long
};

struct Outcome {
  Verdict verdict = Verdict::unreachable;
  int status = 0;     // 0: no answer
  std::string body;   // of the answer
  Error error;        // unless delivered; too_large: a 2xx with more than a document may have
  Millis latency{0};  // from asking to the last byte, or to giving up
};
// `url` is named in the error, without credentials and query.
Outcome judge(http::FetchOutcome fetched, const std::string& url);

}  // namespace portico::webhook
