#pragma once
// What the user agent tells its owner. Every session that the owner knows ends with exactly one Terminated,
// always its last event; after it the id is unknown.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sip/message/message.h"
#include "sip/transaction/flow.h"
#include "sip/transaction/send.h"

namespace portico::sip {

enum class SessionId : std::uint64_t { none = 0 };  // one INVITE and its dialog; never reused
enum class RequestId : std::uint64_t { none = 0 };  // one request inside a dialog, ours or the peer's

struct Body {
  std::string type;  // Content-Type; ignored when there are no bytes
  std::string bytes;
  bool empty() const { return bytes.empty(); }
};

struct HeaderLine {
  std::string name;
  std::string value;
};
using HeaderLines = std::vector<HeaderLine>;

// A request outside any dialog, for which nothing is stored. Answer it with UserAgent::reply (stateless), or
// take an INVITE with accept_invite. Unknown dialogs (481) and stray ACKs never get here, and of merged
// requests (482) and unknown Require (420) only INVITEs, with a fault: answer these with it.
struct NewRequest {
  Message request;
  Flow flow;
  int fault = 0;              // 482, 420
  HeaderLines fault_headers;  // Unsupported
};

// --- an INVITE that we answer ---
struct Cancelled {  // the CANCEL got 200, the INVITE 487; or the time of its Expires was over
  SessionId session;
  std::string reason;  // Reason header, may be empty
};
struct Acked {  // our 2xx to an INVITE or re-INVITE arrived; `sdp` is the answer where the 2xx carried our
                // offer
  SessionId session;
  std::string sdp;
};
struct AckTimeout {  // 64*T1 without ACK to our 2xx: send BYE
  SessionId session;
};
struct ProvisionalTimeout {  // a reliable 1xx was not PRACKed in 64*T1: the INVITE was refused with 504
  SessionId session;
};

// --- an INVITE that we sent ---
struct Progress {  // 101-199
  SessionId session;
  int status = 0;
  std::string reason;
  std::string sdp;            // answer or early media; an offer if the INVITE carried none
  bool reliable = false;      // already PRACKed, unless `needs_answer`
  bool needs_answer = false;  // `sdp` is an offer: answer_offer sends PRACK with the answer
  std::uint32_t fork = 0;     // 0 for the first peer that answered, then 1, 2, ...
};
struct Answered {  // 2xx; the first of several forks wins, the others are acknowledged and released
  SessionId session;
  std::string sdp;
  bool needs_answer = false;  // the INVITE had no offer: answer_offer sends the ACK with the answer
  std::uint32_t fork = 0;
  Message response;
};
struct Challenged {  // 401 or 407 to the INVITE or to a request inside the dialog: retry_with or abandon,
                     // within 32 s
  SessionId session;
  std::string method;
  Message response;
};
struct Failed {  // the INVITE was refused, or nobody answered (408), or the transport failed (503)
  SessionId session;
  int status = 0;
  std::string reason;
  std::optional<Message> response;  // absent when made here
};

// --- the session, either side ---
struct Offer {  // re-INVITE, UPDATE or PRACK with an offer, or a re-INVITE without (`sdp` empty: we are to
                // offer):
  SessionId session;  // answer_offer or refuse_offer
  std::string method;
  std::string sdp;
  IpAddress source;     // of the request
  bool secure = false;  // it came over TLS
};
struct OfferWithdrawn {  // the peer cancelled its re-INVITE before answer_offer
  SessionId session;
};
struct OfferAnswered {  // the answer to our offer in a re-INVITE, a refresh by one, UPDATE or reliable 1xx
  SessionId session;
  std::string method;
  std::string sdp;
  std::string offer;    // of a re-INVITE or UPDATE: what it answers
  bool secure = false;  // requests of ours go over TLS
};
struct OfferRefused {  // our re-INVITE or UPDATE failed; glare (491) was tried again before
  SessionId session;
  std::string method;
  int status = 0;
  std::string reason;
  std::optional<std::chrono::seconds> retry_after;
};
struct Moved {  // requests of ours take another way: the peer uses another connection, or its Contact changed
  SessionId session;  // flow() and dialog() say which; what set_hops was given for the Contact before is void
};
struct InfoReceived {  // answered with 200
  SessionId session;
  Body body;
};
struct NotifyReceived {  // answered with 200; follows a REFER of ours
  SessionId session;
  std::string event;               // Event header
  std::string subscription_state;  // Subscription-State header
  Body body;
};
struct PeerRequest {  // REFER, MESSAGE, ...: answer with UserAgent::respond
  SessionId session;
  RequestId request;
  std::string method;
  Message message;
};
struct RequestAnswered {  // final answer to send_request
  SessionId session;
  RequestId request;
  std::string method;
  int status = 0;  // 408 for none, 503 for a transport that failed: then there is no response
  std::string reason;
  std::optional<Message> response;
};
struct PeerBye {
  SessionId session;
  std::string reason;  // Reason header, may be empty
};
struct SessionExpired {  // not refreshed (RFC 4028), or lost by the peer (RFC 3261 12.2.1.2): send BYE
  SessionId session;
  std::string_view why{};  // a sentence of static storage
};
struct Terminated {
  SessionId session;
};

using UserAgentEvent =
    std::variant<NewRequest, Cancelled, Acked, AckTimeout, ProvisionalTimeout, Progress, Answered, Challenged,
                 Failed, Offer, OfferWithdrawn, OfferAnswered, OfferRefused, Moved, InfoReceived,
                 NotifyReceived, PeerRequest, RequestAnswered, PeerBye, SessionExpired, Terminated>;

// Carry out `sends` first, then hand on `events`, each in order.
struct Actions {
  std::vector<Send> sends;
  std::vector<UserAgentEvent> events;
  SessionId dialog = SessionId::none;  // that the request belongs to: its sender knows both tags
};

}  // namespace portico::sip
