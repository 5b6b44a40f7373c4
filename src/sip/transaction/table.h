#pragma once
// All transactions of a worker (RFC 3261 section 17): finds the one a message belongs to, steps its machine,
// sends again what has to be sent again. Owners are numbers that the layer above gives and gets back. Not
// thread-safe.

#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "sip/message/message.h"
#include "sip/transaction/deadlines.h"
#include "sip/transaction/flow.h"
#include "sip/transaction/keyed_hash.h"
#include "sip/transaction/machine.h"
#include "sip/transaction/randomness.h"
#include "sip/transaction/send.h"
#include "sip/transaction/slab.h"

namespace portico::sip {

enum class TxId : std::uint64_t { none = 0 };
using TxOwner = std::uint64_t;  // 0: nobody

// What a message that came in means to the layer above.
struct Incoming {
  enum class Kind : std::uint8_t {
    absorbed,   // dealt with here: a retransmission, an ACK to a refusal, a response nobody waits for
    fresh,      // a request without transaction; an ACK to a 2xx is one too
    merged,     // a request that came by another path before: 482
    cancel,     // CANCEL for the INVITE `tx`; `pending`: no final answer was sent yet
    response,   // for the client transaction `tx`
    unmatched,  // a CANCEL without transaction: 481; or a response to a request that is over or never was
    malformed,  // lacks what matching needs
  };
  Kind kind = Kind::absorbed;
  TxId tx = TxId::none;
  TxOwner owner = 0;
  bool pending = false;
};

// A transaction ended without an answer: nobody answered ours in 64*T1, its transport failed, we never
// answered the peer's, or the peer never acknowledged our refusal.
struct GaveUp {
  TxId tx = TxId::none;
  TxOwner owner = 0;
  bool client = false;
  bool transport_failed = false;
  bool heard = false;  // a provisional answer came
};
using GaveUps = std::deque<GaveUp>;

class TransactionTable {
 public:
  explicit TransactionTable(Randomness& randomness);

  Incoming on_request(TimePoint now, const Message& request, std::vector<Send>& out);
  Incoming on_response(TimePoint now, const Message& response, std::vector<Send>& out);
  // Adds to `gave_up`, which is whole also when memory runs out on the way.
  void on_time(TimePoint now, std::vector<Send>& out, GaveUps& gave_up);
  void on_transport_error(TimePoint now, const Flow& flow, GaveUps& gave_up);
  TimePoint next_deadline() const { return deadlines_.next(); }

  // The request has its server transaction; nothing of it is read but what names that. False for ACK and
  // CANCEL, which name another request's.
  bool knows(const Message& request) const;
  // A server transaction for a request to be answered later. Code::busy beyond limits::kSipTransactionsMax;
  // Code::conflict when the request has one already: a repetition that came before this call.
  Result<TxId> accept(TimePoint now, const Flow& arrival, const Message& request, std::string_view to_tag,
                      TxOwner owner);
  // A server transaction whose final answer is `bytes`, sent at once. With a full table, or a long one beyond
  // limits::kSipLongAnswersBytesMax, the answer still goes out, and the id is none.
  TxId answer(TimePoint now, const Flow& arrival, const Message& request, int status, std::string bytes,
              std::vector<Send>& out);
  // The same for what is kept only so that its copies get the same answer, as of an INVITE that the door
  // refuses. Its sender may not be where it says, so the answer is not repeated by the clock, and a full
  // table lets it go early.
  void refuse(TimePoint now, const Flow& arrival, const Message& request, int status, std::string bytes,
              std::vector<Send>& out);
  // What write_answer needs; empty once the final answer was sent.
  std::string_view answer_head(TxId id) const;
  const Flow* flow(TxId id) const;
  // False: the machine has no row for it (a final was sent already), or the transaction is gone.
  bool send_response(TimePoint now, TxId id, int status, std::string bytes, std::vector<Send>& out);

  // A client transaction. `bytes` carries `branch` in its top Via. Code::busy as above.
  Result<TxId> request(TimePoint now, const Flow& flow, std::string_view method, std::string_view branch,
                       std::string bytes, TxOwner owner, std::vector<Send>& out);
  std::string new_branch();
  // True from the first provisional answer to the final one: the time for CANCEL (RFC 3261 section 9.1).
  bool can_cancel(TxId invite) const;
  // Sends CANCEL, and waits for the INVITE's final answer 64*T1 at most.
  void cancel(TimePoint now, TxId invite, std::string_view reason, std::vector<Send>& out);
  // The same limit without CANCEL, for an INVITE whose answer nobody waits for any more; also before the
  // first provisional one.
  void limit(TimePoint now, TxId invite);

  // The ACK to a 2xx: each further copy of that 2xx, told by its To tag, gets the same one and goes no
  // further (RFC 3261 section 13.2.2.4). False: the INVITE is forgotten, or as many 2xx as
  // limits::kSipForksMax have theirs.
  bool keep_ack(TxId invite, std::string_view to_tag, Send ack);

  void set_owner(TxId id, TxOwner owner);
  void drop(TxId id);  // forgets it as if it had timed out, without telling

  std::size_t size() const { return transactions_.size(); }
  // Those that only absorb repetitions, and of those that are gone the ones since the oldest.
  std::size_t lingering() const { return lingering_.size(); }

 private:
  struct Transaction {
    const TxMachine* machine = nullptr;
    TxState state = TxState::terminated;
    bool merges = false;
    bool unwanted = false;  // INVITE client: nobody waits for its final answer
    Flow flow;
    HashKey key;
    HashKey merge;
    TxOwner owner = 0;
    std::uint64_t flow_key = 0;
    std::string head;  // server: for answers to come; INVITE client: the request
    std::string last;  // what a retransmission repeats; client: request, then ACK
    TimePoint repeat_at = kNever;
    TimePoint end_at = kNever;
    Duration interval{};
    std::uint32_t deadline = Deadlines::kNone;
    std::size_t long_bytes = 0;  // of its answer, where it counts among the long ones

    bool client() const;
    bool invite() const;
  };

  struct KeptAck {
    std::string to_tag;
    Send ack;
  };

  static std::uint64_t flow_key(const Flow& flow);
  const Send* kept_ack(TxId invite, const Message& response) const;
  TxId add(TimePoint now, Transaction&& made, TxState first);
  void remove(TxId id, Transaction& tx);
  // Steps the machine. nullptr: no row. The transaction may be gone afterwards.
  const TxRow* step(TimePoint now, TxId id, Transaction& tx, TxInput input);
  void enter(TimePoint now, TxId id, Transaction& tx, TxState state);
  bool make_room(TimePoint now);
  void note_lingering(TimePoint now, TxId id, const Transaction& tx);
  void linger(TimePoint now, TxId id);
  static void forget_request(Transaction& tx);
  void arm(TxId id, Transaction& tx);
  void repeat(const Transaction& tx, std::vector<Send>& out) const;
  void on_timer(TimePoint now, TxId id, Transaction& tx, std::vector<Send>& out, GaveUps& gave_up);

  Randomness& randomness_;
  KeyedHash hash_;
  Slab<Transaction> transactions_;
  std::unordered_map<HashKey, TxId> by_key_;
  std::unordered_map<HashKey, TxId> by_merge_key_;
  std::set<std::pair<std::uint64_t, TxId>> clients_by_flow_;  // thousands may share one flow: a trunk
  std::unordered_map<TxId, std::vector<KeptAck>> acks_;       // of INVITEs of ours
  Deadlines deadlines_;
  // Answered server transactions that only absorb repetitions, oldest first; a full table lets them go early.
  struct Lingering {
    TxId id;
    TimePoint since;
  };
  std::deque<Lingering> lingering_;
  std::size_t long_bytes_ = 0;  // of long answers
};

}  // namespace portico::sip
