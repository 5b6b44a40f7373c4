#pragma once
// A dialog (RFC 3261 section 12) as a value that can be stored and carried to another node. Not thread-safe.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sip/message/message.h"
#include "sip/message/write.h"
#include "sip/transaction/flow.h"

namespace portico::sip {

struct Dialog {
  std::string call_id;
  std::string local_tag;
  std::string remote_tag;   // empty while an INVITE of ours is unanswered, or the peer is an RFC 2543 one
  std::string local_party;  // our From (To) value without tag: name-addr or addr-spec
  std::string remote_party;
  std::string remote_target;           // the peer's Contact URI: Request-URI of what we send
  std::string contact;                 // ours, as a URI
  std::vector<std::string> route_set;  // name-addrs in the order of the Route header
  std::uint32_t local_cseq = 0;        // of the last request we sent
  std::optional<std::uint32_t> remote_cseq;

  friend bool operator==(const Dialog&, const Dialog&) = default;
};

// Why no dialog can be made of an INVITE, or nothing: Contact must be there and a SIP URI (RFC 3261 section
// 8.1.1.8), and that and Record-Route, which we keep and write into all we send, within bounds.
std::string_view dialog_fault(const Message& invite);

// RFC 3261 section 12.1.1: made by a request that we answer. Fails when Contact, From tag or CSeq cannot be
// used.
Result<Dialog> dialog_from_request(const Message& invite, std::string local_tag, std::string contact);

// RFC 3261 section 12.1.2 and 13.2.2.4: takes tag, route set (reversed Record-Route) and target from a
// 101-2xx response to our INVITE. Fails when To cannot be read.
Result<void> apply_response(Dialog& dialog, const Message& response);

// RFC 3261 section 12.2.1.2 and 12.2.2: a target refresh request or its 2xx carries a new Contact. Keeps the
// old one where there is none that can be used.
void refresh_target(Dialog& dialog, const Message& message);

// Request-URI and Route values of the next request (section 12.2.1.1): loose and strict routing.
struct Routing {
  std::string request_uri;
  std::vector<std::string> route;  // values of Route, in order
};
Routing route(const Dialog& dialog);
std::string next_hop(const Dialog& dialog);  // the URI whose host is the machine that route() leads to first

// Starts a request of this dialog: request line, Via, Route, From, To, Call-ID, CSeq, Max-Forwards.
struct RequestStart {
  std::string_view method;
  std::uint32_t cseq = 0;
  std::string_view transport;  // as in Via
  std::string_view sent_by;    // host[:port]
  std::string_view branch;
};
MessageWriter start_request(const Dialog& dialog, const RequestStart& start);

// Which flow a request of this dialog takes: a stream connection is reused; over UDP the next hop's address
// where it is a literal that can be reached from where `arrival` came (a private Contact behind NAT is not,
// and nothing of sips), else `arrival`.
Flow next_flow(const Dialog& dialog, const Flow& arrival);

}  // namespace portico::sip
