#pragma once
// What the parts of the user agent share: tables, identity, and the few ways to send. Inside sip/dialog only;
// the parts are the functions of invite_uas.h, invite_uac.h, offer_exchange.h, in_dialog.h, reliable.h and
// refresh.h.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "sip/dialog/session.h"
#include "sip/dialog/user_agent.h"
#include "sip/message/write.h"
#include "sip/transaction/deadlines.h"
#include "sip/transaction/keyed_hash.h"
#include "sip/transaction/slab.h"
#include "sip/transaction/table.h"

namespace portico::sip {

// One input and what comes of it.
struct Turn {
  TimePoint now;
  Actions& out;
};

// A request as it came in.
struct Arrival {
  const Flow& flow;
  const Message& message;
};

class Agent {
 public:
  Agent(UserAgentProfile profile, Randomness& randomness);

  // --- sessions ---
  // Code::busy beyond limits::kSipSessionsMax.
  Result<Session*> open(Dialog dialog, const Flow& flow, bool uas);
  Session* find(SessionId id);
  const Session* find(SessionId id) const;
  Session* find_dialog(std::string_view call_id, std::string_view local_tag);
  // Tells Terminated and lets the open server transactions go with 487; the memory goes back in settle().
  void finish(Turn& turn, Session& session);
  // Lets go of the session and of what it has not answered without a word, for want of memory: takes none.
  void drop(Session& session);
  // Last step of every turn that touched the session; it may be gone afterwards.
  void settle(Session& session);

  // --- sending inside a session ---
  struct Outgoing {
    std::string_view method;
    std::uint32_t cseq = 0;
    const HeaderLines* headers = nullptr;
    const HeaderLines* credentials = nullptr;
    std::string_view body_type;
    std::string_view body;
  };
  // Writes the request, without Content, as far as this layer knows it: Contact, Allow, Supported, session
  // timer.
  MessageWriter write_request(const Session& session, const Dialog& dialog, const Outgoing& request,
                              std::string_view branch) const;
  // As a client transaction. The first INVITE goes over session.flow, others where next_flow says.
  Result<TxId> send_request(Turn& turn, const Session& session, const Dialog& dialog,
                            const Outgoing& request);
  // Without transaction: for what must go out although the table is full.
  void send_once(Turn& turn, const Session& session, const Outgoing& request);
  // Without transaction; the INVITE's keeps it for repeated 2xx.
  void send_ack(Turn& turn, const Session& session, TxId invite, const Outgoing& ack);
  Flow flow_to(const Session& session, const Dialog& dialog) const;

  // --- answering inside a session ---
  struct Answer {
    int status = 200;
    std::string_view reason;
    const HeaderLines* headers = nullptr;
    std::string_view body_type;
    std::string_view body;
    TimerTerms timer;  // for the 2xx to INVITE and UPDATE
    bool require_timer = false;
    std::uint32_t rseq = 0;  // 0: not reliable
    bool full = false;       // Contact, Allow, Supported
  };
  std::string write_answer(const Session& session, std::string_view head, const Answer& answer) const;
  bool send_answer(Turn& turn, const Session& session, TxId tx, const Answer& answer);
  void answer_at_once(Turn& turn, const Session& session, const Arrival& request, const Answer& answer);

  // --- answering outside sessions ---
  Send reply(const Message& request, const Flow& flow, const Refusal& answer, const Body& body) const;
  // A 2xx to an INVITE of ours that is not wanted, or no longer: ACK, then BYE.
  void release_answer(Turn& turn, TxId invite, const Message& response, const Flow& flow);

  std::string sent_by(const Flow& flow) const;
  std::string contact_uri(const Flow& flow, std::string_view user, bool secure) const;
  std::string new_tag() { return random_token(randomness, 12); }
  RequestId new_request_id() { return static_cast<RequestId>(++last_request_); }
  std::uint32_t first_cseq() { return 1 + random_below(randomness, 1U << 16U); }

  UserAgentProfile profile;
  Randomness& randomness;
  TransactionTable table;
  Slab<Session> sessions;
  Deadlines deadlines;
  std::size_t pending_invites = 0;  // of peers, without our final answer

 private:
  HashKey dialog_key(std::string_view call_id, std::string_view local_tag) const;
  void add_headers(MessageWriter& writer, const HeaderLines* headers) const;

  KeyedHash hash_;
  std::unordered_map<HashKey, SessionId> by_dialog_;
  std::uint64_t last_request_ = 0;
};

inline constexpr std::string_view kSdpType = "application/sdp";

template <typename Event>
void tell(Turn& turn, Event&& event) {
  turn.out.events.emplace_back(std::forward<Event>(event));
}

}  // namespace portico::sip
