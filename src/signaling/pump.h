#pragma once
// Carries actions out: one user agent with its door and its calls, on any Loop, towards any network. A worker
// gives it sockets and a thread; tests/sim gives it time and losses of its choice. Owner thread of the loop
// only.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "account/directory.h"
#include "async/loop.h"
#include "async/scope.h"
#include "base/rate_bucket.h"
#include "call/call.h"
#include "call/registry.h"
#include "signaling/caller_proofs.h"
#include "signaling/door.h"
#include "signaling/edge.h"
#include "signaling/leg.h"
#include "signaling/options.h"
#include "sip/dialog/user_agent.h"

namespace portico::signaling {

// What the pumps of a node share.
struct Shared {
  const Options& options;
  const Ports& ports;
  Door& door;
  call::Registry& calls;
  std::atomic<bool>& draining;
};

class Pump {
 public:
  using SendMessage = std::function<void(const sip::Send&)>;
  // A call begins or ends to use the flow: its connection is not closed for being idle meanwhile.
  using HoldFlow = std::function<void(const sip::Flow&, bool in_use)>;

  // `loop`, `randomness` and what `shared` refers to outlive this.
  Pump(async::Loop& loop, Shared shared, sip::UserAgentProfile profile, sip::Randomness& randomness,
       SendMessage send, HoldFlow hold);
  Pump(const Pump&) = delete;
  Pump& operator=(const Pump&) = delete;

  void on_message(const sip::Flow& flow, Passed&& passed);  // with a message
  void on_transport_error(const sip::Flow& flow);

  // Runs an input of the user agent that concerns `session` and carries its actions out. For legs:
  // `input(agent, now, actions)`. False: it was not taken.
  template <typename Input>
  bool act(sip::SessionId session, Input&& input) {
    sip::Actions out;
    const auto result = input(agent_, loop_.now(), out);
    if (!result) note_failed_input(result.error());
    withhold_elsewhere(session, out);
    carry_out(std::move(out));
    return result.has_value();
  }

  // --- facts ---
  const sip::UserAgent& agent() const { return agent_; }
  std::size_t sessions() const { return sessions_.size(); }  // SIP sessions that belong to a call
  // SIP sessions, those whose BYE was not answered yet included. Any thread.
  std::size_t open_sessions() const { return open_sessions_; }
  std::size_t calls() const { return scope_.size(); }  // coroutines that have not ended

 private:
  friend class Inbound;
  struct NextHop {
    std::string uri;
    sip::Transport transport = sip::Transport::udp;
    friend bool operator==(const NextHop&, const NextHop&) = default;
  };
  struct Session {
    call::Sender sender;
    sip::Flow held;
    IpAddress caller;  // where the INVITE came from, and our tag went to
    bool unproven = false;
    std::string tls_tag{};  // our tag, where the peer has to use TLS
    bool end_told = false;
    std::optional<NextHop> next_hop{};  // as looked at last
    bool locating = false;              // one search at a time, or a peer's requests would start thousands
  };
  // What an INVITE that was admitted says of its call.
  struct Admitted {
    bool proven = false;    // that its caller is where it says
    bool tls_only = false;  // no request of the call may come without
    std::size_t bytes = 0;
  };

  void refuse(const sip::NewRequest& request, const sip::Fault& fault, bool answerable);
  bool refuse_cleartext(const sip::Flow& flow, sip::Message& message);
  void send_within_budget(const sip::NewRequest& request, sip::Actions&& answers);
  void withhold_elsewhere(sip::SessionId session, sip::Actions& out);
  void carry_out(sip::Actions&& actions);
  void reply(const sip::NewRequest& request, const sip::Refusal& answer);        // and keeps nothing
  void refuse_once(const sip::NewRequest& invite, const sip::Refusal& refusal);  // its copies get the same
  void dispatch(sip::UserAgentEvent& event);
  void bye(sip::SessionId session, std::string_view why);
  void abandon(sip::SessionId session);
  void on_request(const sip::NewRequest& request);
  void on_peer_request(const sip::PeerRequest& request);
  void tell(sip::SessionId session, call::Event event);
  void tell_end(sip::SessionId session, call::LegEnded::Why why, std::string_view reason = {});
  void hold_present_flow(sip::SessionId session);
  void forget(sip::SessionId session);
  void rearm();
  void find_next_hop(sip::SessionId session);
  void start_call(sip::SessionId session, call::Inbound facts, const Admitted& admitted);
  void on_time();
  void on_acked(const sip::Acked& acked);
  void now_proven(Session& session);
  async::Task<> host(sip::SessionId session, std::unique_ptr<call::Call> call, std::string account_id);
  static void note_failed_input(const Error& error);

  async::Loop& loop_;
  Shared shared_;
  sip::UserAgent agent_;
  SendMessage send_;
  HoldFlow hold_;
  call::Environment environment_;
  account::Directory::Reader directory_;
  std::unordered_map<sip::SessionId, Session> sessions_;
  CallerProofs proofs_;                       // of sessions_
  std::unordered_set<std::string> tls_tags_;  // of sessions_
  std::atomic<std::size_t> open_sessions_{0};
  async::TimerId timer_ = 0;
  TimePoint timer_at_ = kNever;
  TimePoint rest_until_{};  // after a failure: what failed is due still
  RateBucket no_address_notes_;
  async::Scope scope_;  // last: its coroutines use everything above
};

}  // namespace portico::signaling
