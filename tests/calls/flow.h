#pragma once
// A .call file: a call flow as text that a support engineer can read, carried out on injected time. By
// default Portico is called: the real door, user agent and calls. With `role caller` it is the SIP stack as a
// caller.
//
//   given   application A  password yes|no  allow CIDR  region NAME  backend DELAY  role called|caller
//           rate N               (INVITEs a second from one source)
//           calls N              (that the node carries at a time)
//           account-calls N      (that the account may have at a time)
//           tls required         (of all calls)
//           hide yes             (applications from those who may not call them)
//           memory none          (for the record of an admission, so that each decision ends by an exception)
//           listens ADDRESS      (one more address that messages may go to: a proxy, another host)
//   document <Response>...</Response>           what the backend answers; without it a long Pause
//   TIME    ADDRESS -> ITEM [, ITEM]...         sent by that address
//           | Header: value                     added to the item before it; Contact takes the usual one's
//           place
//   TIME    media -> silence                    no RTP and no RTCP has come for a minute
//   TIME    portico -> INVITE ADDRESS | CANCEL | BYE | re-INVITE | UPDATE     (role caller)
//           expect FACT [, FACT]...             of what was seen since the last message or expectation
//   TIME    expect FACT [, FACT]...
//
// Items: INVITE A|nobody, OPTIONS A|nobody, in the dialog re-INVITE, ACK, BYE, UPDATE, PRACK, INFO, ...,
// CANCEL; a status, `STATUS to METHOD`: the answer to the last request (of that method); `again
// METHOD|STATUS`: the same bytes once more. Words behind: `cut=N` without its last N bytes; `authorization=N
// password=right|wrong` answers the nonce that `expect 407 nonce=N` kept;
// `sdp=offer|hold|moved|elsewhere|ipv6|none` (moved: to port 4002, elsewhere: to 203.0.113.10);
// `contact=none`: without that header; `tag=T`: another To tag; `cseq=N`: another number; `scheme=sips`;
// `as=ADDRESS`: in the dialog of that one, as a forger of addresses does; `port=N`: sent from that port,
// whatever Via says; `over=tls`: by a connection, where `tls required`. Facts: a status, `STATUS to METHOD`
// or a method; behind it `nonce=NAME` keeps, `stale=yes|no` compares, `times N` counts (without it: at least
// one), `at ADDRESS` says who got it, `has TEXT` and `lacks TEXT` look into it; `no STATUS|METHOD`;
// `admission step N|admitted|none`; `counted REASON N`: so many decisions of that reason since the flow
// began; `[no] webhook [TYPE] [cause WORD]`; `sound to ADDRESS:PORT`; `told EVENT` and `not told EVENT` of
// the caller's stack; `idle`.
// `#` begins a comment. An expectation without a time is looked at half a second later, or just before the
// next step if that comes sooner.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace portico::calls {

struct Step {
  int line = 0;
  Millis at{0};
  std::string from;                  // who sends; empty: an expectation
  std::vector<std::string> items;    // messages or facts
  std::vector<std::string> headers;  // of the last item
};

struct Flow {
  std::string region = "US";
  std::string allow;  // a CIDR, empty: any source
  bool password = true;
  bool caller = false;              // Portico calls
  std::uint32_t rate = 0;           // 0: no limit
  std::size_t calls = 0;            // 0: the limit of limits.h
  std::uint32_t account_calls = 0;  // 0: no limit
  bool require_tls = false;
  bool hide = false;
  Millis backend{100};  // what the webhook takes to answer
  std::string document = "<Response><Pause duration=\"120\"/></Response>";
  bool no_memory = false;
  std::vector<std::string> listens;
  std::vector<Step> steps;
};

// Errors: invalid, with the line.
Result<Flow> parse_flow(std::string_view text);

}  // namespace portico::calls
