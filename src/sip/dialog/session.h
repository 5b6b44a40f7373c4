#pragma once
// One INVITE session and what is under way in it. Inside sip/dialog only; the parts that exist during set-up
// alone are on the heap, so that an established call is small.

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/rate_bucket.h"
#include "base/time.h"
#include "sip/dialog/dialog.h"
#include "sip/dialog/event.h"
#include "sip/dialog/offer_state.h"
#include "sip/dialog/session_timer.h"
#include "sip/dialog/user_agent.h"
#include "sip/transaction/table.h"

namespace portico::sip {

enum class Phase : std::uint8_t {
  calling,      // our INVITE has no final answer
  cancelling,   // the same, and we gave it up
  ringing,      // the peer's INVITE has no final answer from us
  accepted,     // we sent 2xx, the ACK is awaited
  answer_owed,  // our INVITE got 2xx with an offer: ACK waits for our answer
  confirmed,
  closing,  // BYE sent
  ended,    // Terminated was told; removed at the end of this turn
};

inline constexpr Duration kProvisionalRepeat = 60s;  // RFC 3261 section 13.3.1.1

// The peer's first INVITE until our final answer.
struct UasInvite {
  struct Unacknowledged {
    std::uint32_t rseq = 0;
    int status = 0;
    std::string bytes;
    bool sdp = false;
    TimePoint repeat_at;
    TimePoint give_up_at;
    Duration interval{};
  };
  struct Answer {
    std::string sdp;
    HeaderLines headers;
  };
  TxId tx = TxId::none;
  std::uint32_t cseq = 0;
  bool has_offer = false;
  bool offered = false;  // a reliable 1xx carried our offer
  bool supports_100rel = false;
  bool requires_100rel = false;
  TimerTerms timer;
  TimerAsk ask;
  std::optional<Ring> last_ring;  // sent again each minute; a reliable one without its SDP
  TimePoint repeat_at = kNever;
  TimePoint expires_at = kNever;
  std::uint32_t next_rseq = 0;
  std::optional<Unacknowledged> unacknowledged;
  std::deque<Ring> queue;
  std::optional<Answer> waiting_answer;
};

// Our first INVITE until its final answer.
struct UacInvite {
  struct Fork {
    Dialog dialog;
    std::uint32_t last_rseq = 0;
    std::uint32_t offer_rseq = 0;  // a reliable 1xx with an offer: PRACK waits for our answer
    bool answered = false;         // offer and answer are done in 1xx and PRACK
  };
  TxId tx = TxId::none;
  OutgoingInvite invite;
  HeaderLines credentials;
  std::uint32_t cseq = 0;
  std::uint32_t session_expires = 0;
  std::uint32_t min_se = 0;
  unsigned timer_retries = 0;
  int challenge_status = 0;
  std::vector<Fork> forks;
  std::string cancel_reason;
  bool cancel_sent = false;
  TimePoint give_up_at = kNever;  // while a challenge waits
};

// Our 2xx to an INVITE until its ACK.
struct AckWait {
  TxId tx = TxId::none;
  std::uint32_t cseq = 0;
  std::string response;
  Flow flow;
  bool offered = false;
  TimePoint repeat_at;
  TimePoint give_up_at;
  Duration interval{};
};

inline constexpr Duration kChallengeLife = 32s;  // what was challenged waits for credentials so long

// Our re-INVITE, UPDATE or refresh.
struct OurOffer {
  Method method = Method::invite;
  std::string sdp;
  bool refresh = false;
  TxId tx = TxId::none;  // none: waits for retry_at or for credentials
  std::uint32_t cseq = 0;
  HeaderLines credentials;
  bool challenged = false;
  unsigned retries = 0;
  std::uint32_t hop = 0;  // Session::hop when it was sent
  TimePoint retry_at = kNever;
  TimePoint give_up_at = kNever;
};

// A reliable 1xx without SDP that our 2xx overtook: its PRACK may come after the ACK.
struct LatePrack {
  std::uint32_t rseq = 0;
  std::uint32_t cseq = 0;  // of the INVITE
};

struct PeerOffer {
  TxId tx = TxId::none;
  Method method = Method::invite;
  std::uint32_t cseq = 0;
  bool has_offer = false;
  TimerTerms timer;
  TimerAsk ask;
};

struct OurRequest {
  RequestId id = RequestId::none;
  TxId tx = TxId::none;
  OutgoingRequest request;
  bool internal = false;  // PRACK: nobody is told
  bool retried = false;   // challenged once
  std::uint32_t cseq = 0;
  std::uint32_t hop = 0;  // Session::hop when it was sent
  HeaderLines credentials;
  TimePoint give_up_at = kNever;  // while challenged
};

struct PeerPending {
  RequestId id = RequestId::none;
  TxId tx = TxId::none;
};

struct Session {
  SessionId id = SessionId::none;
  Phase phase = Phase::calling;
  bool uas = false;
  bool counted_pending = false;  // in Agent's number of unanswered INVITEs
  bool flow_is_set = false;      // by set_flow
  bool target_is_dead = false;   // nobody answered at the literal that next_flow found
  bool referred = false;         // we sent REFER: NOTIFY is expected
  bool bye_waiting = false;      // until ACK
  bool unproven = false;         // nothing came but the peer's INVITE: it may be forged
  OfferState offers = OfferState::idle;
  bool peer_100rel = false;
  bool peer_timer = false;
  bool peer_allow_known = false;
  std::uint32_t peer_allow = 0;  // bit per Method
  std::uint32_t min_se = 0;      // the greatest that a 422 or a request of the peer named
  std::optional<LatePrack> late_prack;
  Dialog dialog;
  Flow flow;
  std::vector<Flow> other_hops;  // where to try next when nobody answers at `flow`: failover.h
  std::uint32_t hop = 0;         // how often that happened
  SessionTimer timer;
  std::string local_sdp;  // for a refresh by re-INVITE
  std::string bye_reason;
  TxId owed_tx = TxId::none;  // answer_owed: of the INVITE whose ACK waits
  std::uint32_t owed_cseq = 0;
  HeaderLines owed_credentials;
  std::unique_ptr<UasInvite> uas_invite;
  std::unique_ptr<UacInvite> uac_invite;
  std::unique_ptr<AckWait> ack_wait;
  std::unique_ptr<OurOffer> our_offer;
  std::unique_ptr<PeerOffer> peer_offer;
  std::vector<OurRequest> our_requests;
  std::vector<PeerPending> peer_requests;
  RateBucket peer_rate;
  std::uint32_t deadline = Deadlines::kNone;

  bool established() const { return phase == Phase::confirmed || phase == Phase::accepted; }
};

TimePoint next_deadline(const Session& session);
bool peer_allows(const Session& session, Method method);
void learn_peer(Session& session, const Message& message);  // Allow, Supported, a request's Min-SE

}  // namespace portico::sip
