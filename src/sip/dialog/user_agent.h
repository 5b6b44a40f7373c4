#pragma once
// SIP as a function of (now, input) giving actions: transactions, dialogs and INVITE sessions of one
// signalling worker, both roles. No socket, no clock, no thread: the owner feeds messages and time and
// carries the actions out. Not thread-safe. Errors: not_found for a session that ended, conflict for an input
// that does not fit the session's state (nothing was sent), busy for a full table.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "sip/dialog/dialog.h"
#include "sip/dialog/event.h"
#include "sip/dialog/profile.h"
#include "sip/message/message.h"
#include "sip/transaction/flow.h"
#include "sip/transaction/randomness.h"

namespace portico::sip {

struct Refusal {
  int status = 500;
  std::string reason;   // phrase; empty: the usual one
  HeaderLines headers;  // Retry-After, Warning, Reason, Proxy-Authenticate, ...
};

struct Ring {
  int status = 180;
  std::string sdp;  // answer to the INVITE's offer; an offer (needs `reliable`) where the INVITE had none
  bool reliable = false;  // 100rel where the peer supports it; forced where the peer requires it
  HeaderLines headers;
};

struct OutgoingInvite {
  std::string target;                  // Request-URI
  std::string from;                    // name-addr without tag
  std::string to;                      // name-addr without tag
  std::string contact_user;            // user part of our Contact, may be empty
  std::string call_id;                 // empty: a random one
  std::vector<std::string> route_set;  // preloaded Route values (outbound proxy)
  HeaderLines headers;
  std::string sdp;  // empty: late offer
  Flow flow;
};

struct OutgoingRequest {
  std::string method;  // REFER, INFO, NOTIFY, MESSAGE, OPTIONS, ...
  HeaderLines headers;
  Body body;
};

// All that another node needs to go on with an established session.
struct SessionSnapshot {
  Dialog dialog;
  Flow flow;
  bool uas = false;
  bool peer_allows_update = false;
  bool peer_supports_timer = false;
  std::chrono::seconds session_expires{0};  // 0: no session timer
  bool we_refresh = false;
  Millis until_timer{0};  // to the next refresh or to expiry, when the snapshot was made
  std::string local_sdp;  // sent again by a refresh with re-INVITE
};

class UserAgent {
 public:
  UserAgent(UserAgentProfile profile, Randomness& randomness);  // `randomness` outlives this
  ~UserAgent();
  UserAgent(const UserAgent&) = delete;
  UserAgent& operator=(const UserAgent&) = delete;

  // --- from the network and the clock ---
  void on_message(TimePoint now, const Flow& flow, Message&& message, Actions& out);
  void on_time(TimePoint now, Actions& out);
  TimePoint next_deadline() const;  // kNever: nothing to wait for
  // A connection broke or a datagram could not be sent: requests of ours on that flow fail at once with 503.
  void on_transport_error(TimePoint now, const Flow& flow, Actions& out);

  // --- a new request ---
  // The answer to a request outside dialogs, with a To tag, without keeping anything. Its ACK will be
  // absorbed.
  Send reply(const NewRequest& request, const Refusal& answer, const Body& body = {}) const;
  // The same for an INVITE whose copies must get this answer again and reach nobody (RFC 3261 section 8.2.7).
  void refuse(TimePoint now, const NewRequest& invite, const Refusal& refusal, Actions& out);
  // For a request that is spoiled, in a dialog or outside, and still has what an answer needs. In a dialog of
  // ours it is refused as above, but for BYE and CANCEL; for others nothing is kept. False: it is a copy of a
  // request that came before and has its transaction, whose answer goes out again, if it has one to repeat.
  bool refuse_spoiled(TimePoint now, const NewRequest& request, const Refusal& refusal, Actions& out);
  // 422 with Min-SE; nothing: the session timer that it asks for will do (RFC 4028 section 9).
  std::optional<Refusal> refuse_interval(const Message& invite) const;
  // Makes the transaction and the early dialog; sends nothing. `unsupported`: see refuse_interval. `invalid`:
  // no dialog can be made of it (400). `busy`: a table is full. `conflict`: a repetition of a request that
  // was accepted since; drop it.
  Result<SessionId> accept_invite(TimePoint now, const NewRequest& invite);
  // Lets go of a session of the peer's without a word and without Terminated, for want of memory.
  void drop(SessionId id);
  Result<void> trying(TimePoint now, SessionId id, Actions& out);  // 100
  Result<void> ring(TimePoint now, SessionId id, Ring ring, Actions& out);
  // 200. `sdp` answers the INVITE's offer, or offers; it may be empty if a reliable 1xx already carried it.
  Result<void> answer(TimePoint now, SessionId id, std::string sdp, Actions& out, HeaderLines headers = {});
  Result<void> reject(TimePoint now, SessionId id, const Refusal& refusal, Actions& out);

  // --- an INVITE of ours ---
  Result<SessionId> invite(TimePoint now, OutgoingInvite invite, Actions& out);
  Result<void> cancel(TimePoint now, SessionId id, std::string_view reason, Actions& out);
  // Sends the challenged request again with these credentials: CSeq + 1, new branch.
  Result<void> retry_with(TimePoint now, SessionId id, HeaderLines credentials, Actions& out);
  Result<void> abandon(TimePoint now, SessionId id,
                       Actions& out);  // the challenge stays unanswered: as if refused

  // --- an early or established session ---
  // Also rejects (480) or cancels what is not established. `reason`: Reason header value, may be empty.
  Result<void> bye(TimePoint now, SessionId id, std::string_view reason, Actions& out);
  Result<void> reinvite(TimePoint now, SessionId id, std::string sdp, Actions& out);
  Result<void> update(TimePoint now, SessionId id, std::string sdp, Actions& out);
  Result<void> answer_offer(TimePoint now, SessionId id, std::string sdp, Actions& out);
  Result<void> refuse_offer(TimePoint now, SessionId id, const Refusal& refusal, Actions& out);
  Result<RequestId> send_request(TimePoint now, SessionId id, OutgoingRequest request, Actions& out);
  Result<void> respond(TimePoint now, SessionId id, RequestId request, const Refusal& answer, Actions& out);

  // --- facts ---
  const Dialog* dialog(
      SessionId id) const;  // nullptr when unknown; valid until the next call that is not const
  const Flow* flow(SessionId id) const;
  // The owner resolved next_hop(dialog): where requests of ours go, in the order to be tried (RFC 3263
  // section 4.3). A stream connection that is open is used before any of them.
  Result<void> set_hops(SessionId id, std::vector<Flow> hops);
  bool peer_allows(SessionId id, std::string_view method) const;
  bool peer_supports_100rel(SessionId id) const;
  std::size_t sessions() const;
  std::size_t transactions() const;

  // --- carried on elsewhere ---
  Result<SessionSnapshot> snapshot(TimePoint now, SessionId id) const;  // established sessions only
  Result<SessionId> restore(TimePoint now, SessionSnapshot snapshot);

 private:
  class Core;
  std::unique_ptr<Core> core_;
};

}  // namespace portico::sip
