#pragma once
// A .call file: a call flow as text that a support engineer can read, carried out on injected time against
// the real door, user agent and calls. One line a step:
//
//   given   application A  password yes|no  allow CIDR  region NAME  backend DELAY
//   TIME    ADDRESS -> REQUEST [, REQUEST]...   REQUEST: INVITE A|nobody, ACK, BYE, CANCEL, or a status (an
//   answer)
//           expect FACT [, FACT]...             of what was seen since the last request or expectation
//   TIME    expect FACT [, FACT]...
//
// After an INVITE: `authorization=N password=right|wrong` answers the nonce that `expect 407 nonce=N` kept.
// Facts: a status (nonce=NAME keeps, stale=yes|no compares), a method, `admission step N|admitted|none`,
// `webhook TYPE [cause WORD]`, `no webhook [TYPE]`, `no METHOD`, `idle`. `#` begins a comment. An expectation
// without a time is looked at half a second later, or just before the next step if that comes sooner.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace portico::calls {

struct Step {
  int line = 0;
  Millis at{0};
  std::string from;                // who sends; empty: an expectation
  std::vector<std::string> items;  // requests or facts
};

struct Flow {
  std::string region = "US";
  std::string allow;  // a CIDR, empty: any source
  bool password = true;
  Millis backend{100};  // what the webhook takes to answer
  std::vector<Step> steps;
};

// Errors: invalid, with the line.
Result<Flow> parse_flow(std::string_view text);

}  // namespace portico::calls
