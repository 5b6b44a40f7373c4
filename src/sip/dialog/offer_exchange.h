#pragma once
// Offers after the first: re-INVITE (RFC 3261 section 14) and UPDATE (RFC 3311), both directions, with glare.
// Inside sip/dialog only.

#include "sip/dialog/agent.h"

namespace portico::sip {

// --- ours ---
struct NewOffer {
  Method method = Method::invite;
  std::string sdp;
  bool refresh = false;  // RFC 4028: the caller is told of an answer only
};
Result<void> make_offer(Agent& agent, Turn& turn, Session& session, NewOffer offer);
Result<void> retry_offer(Agent& agent, Turn& turn, Session& session, HeaderLines credentials);
void on_offer_response(Agent& agent, Turn& turn, Session& session, Message&& response);
void on_offer_gave_up(Agent& agent, Turn& turn, Session& session, const GaveUp& gave_up);
void on_offer_time(Agent& agent, Turn& turn, Session& session);
// Tells the caller that our offer came to nothing, whatever the reason.
struct OfferEnd {
  int status = 0;
  std::string reason;
  std::optional<std::chrono::seconds> retry_after;
  bool unheard = false;  // nobody answered, or could be reached
};
void end_our_offer(Agent& agent, Turn& turn, Session& session, OfferEnd end);

// --- the peer's ---
void on_reinvite(Agent& agent, Turn& turn, Session& session, const Arrival& invite);
void on_update(Agent& agent, Turn& turn, Session& session, const Arrival& update);
struct TakeOffer {
  Method method = Method::invite;
  TimerTerms timer;
  TimerAsk ask;
};
// Makes the transaction and tells Offer. False: refused, and answered (glare, a full table).
bool take_offer(Agent& agent, Turn& turn, Session& session, const Arrival& request, const TakeOffer& how);
Result<void> answer_peer_offer(Agent& agent, Turn& turn, Session& session, std::string sdp);
Result<void> refuse_peer_offer(Agent& agent, Turn& turn, Session& session, const Refusal& refusal);
void withdraw_peer_offer(Agent& agent, Turn& turn, Session& session);  // CANCEL

// What a refresh by re-INVITE will say again.
void keep_local_sdp(Session& session, std::string_view sdp);

}  // namespace portico::sip
