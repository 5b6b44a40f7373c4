#pragma once
// The memory of the door, shared by all signalling threads of a node: who sent how many INVITEs, who guessed
// passwords, which nonces were used, how many calls each account has. What is counted by source is counted by
// net::source_block, of IPv6 the /64: one machine has all addresses of it. A lock is held for one table
// look-up.

#include <mutex>
#include <string>
#include <vector>

#include "account/application.h"
#include "admission/account_limits.h"
#include "admission/auth_failures.h"
#include "admission/facts.h"
#include "admission/reply_budget.h"
#include "admission/source_rate.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/rate_bucket.h"
#include "base/time.h"
#include "sip/digest/credentials.h"
#include "sip/digest/nonce.h"
#include "sip/digest/nonce_replay_cache.h"
#include "sip/message/message.h"
#include "sip/transaction/flow.h"
#include "sip/transaction/keyed_hash.h"

namespace portico::signaling {

class Door {
 public:
  static constexpr std::uint32_t kNotesPerSecond = 100;
  static constexpr std::uint32_t kStrayNotesPerSecond = 10;

  struct Settings {
    std::string realm;
    std::string nonce_secret;
    std::vector<HashAlgorithm> digest_algorithms;  // what is not offered is not taken either
    std::uint32_t invite_rate = 50;
    std::uint32_t auth_failures = 5;
    std::size_t nonce_uses_max = limits::kNonceReplaysMax;
    Now opened{};  // of an earlier time's nonces it is not known how often they were used
  };
  explicit Door(const Settings& settings);

  const std::string& realm() const { return realm_; }
  // False: over the source's rate. Forged datagrams must not use up that of its connections.
  bool take_invite(const sip::Flow& flow, TimePoint now);
  // Of a refusal, in the logs: once a second and source, and kNotesPerSecond of all sources;
  // kStrayNotesPerSecond of those that name no application, which take nothing from the others.
  bool may_note(IpAddress source, bool names_application, TimePoint now);
  void failed(IpAddress source, const account::Application& application, std::uint64_t guess, TimePoint now);

  std::string mint_nonce(const account::Application& application, IpAddress source, Now now);

  // False: the nonce, which is not forged, may have been used before this process began to remember.
  bool knows_uses_of(std::string_view nonce, Now now) const;

  // What Proxy-Authorization of `request` proves (contract voice-applications.md 5.3).
  struct Proof {
    admission::Credentials credentials = admission::Credentials::absent;
    bool nonce_was_given = false;
    bool locked_out = false;  // then nothing was looked at: `wrong`
    // Names the credentials, the same for each copy of one INVITE. By a secret of this door: or a guesser
    // could search for credentials that are named alike, and have all his guesses counted as one.
    std::uint64_t guess = 0;
    std::string why;  // it is not right, in words for the owner; may be empty
  };
  Proof check(const sip::Message& request, const account::Application& application, IpAddress source,
              Now now);

  // Whether an answer that leaves nothing behind may be sent: one over UDP must not be much larger than its
  // request while its source is unproven. What is withheld is counted.
  bool may_answer(const sip::Flow& flow, std::size_t request_bytes, std::size_t answer_bytes, TimePoint now);
  void proven(IpAddress source, TimePoint now);  // it gave back what only it can have been sent

  admission::AccountLimits& accounts() { return accounts_; }

 private:
  WallTime steady(Now now) const;
  std::uint64_t guess_of(const sip::Credentials& credentials) const;
  bool locked_out(IpAddress source, const account::Application& application, TimePoint now);

  const std::string realm_;
  const std::vector<HashAlgorithm> algorithms_;
  const sip::NonceMint mint_;
  const Now opened_;
  const sip::KeyedHash guesses_;
  admission::AccountLimits accounts_;
  std::mutex mutex_;
  admission::SourceRate datagram_rates_;
  admission::SourceRate stream_rates_;
  admission::SourceRate notes_{1};
  RateBucket all_notes_;
  RateBucket stray_notes_;
  admission::AuthFailures failures_;
  sip::NonceReplayCache replays_;
  admission::ReplyBudget replies_;
};

}  // namespace portico::signaling
