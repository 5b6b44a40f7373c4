#include "sip/transaction/table.h"

#include <algorithm>

#include "base/counters.h"
#include "base/limits.h"
#include "sip/message/headers.h"
#include "sip/transaction/answer_head.h"
#include "sip/transaction/follow_up.h"
#include "sip/transaction/invite_client.h"
#include "sip/transaction/invite_server.h"
#include "sip/transaction/match.h"
#include "sip/transaction/non_invite_client.h"
#include "sip/transaction/non_invite_server.h"

namespace portico::sip {
namespace {

Counter& repeats() {
  static Counter& c = counter("portico_sip_retransmissions_sent_total", "SIP messages sent again");
  return c;
}

TxInput sent(int status) {
  return status < 200 ? TxInput::send_1xx : status < 300 ? TxInput::send_2xx : TxInput::send_3xx_6xx;
}
TxInput got(int status) {
  return status < 200 ? TxInput::got_1xx : status < 300 ? TxInput::got_2xx : TxInput::got_3xx_6xx;
}

}  // namespace

bool TransactionTable::Transaction::client() const {
  return machine == &kInviteClient || machine == &kNonInviteClient;
}
bool TransactionTable::Transaction::invite() const {
  return machine == &kInviteClient || machine == &kInviteServer;
}

TransactionTable::TransactionTable(Randomness& randomness) : randomness_(randomness), hash_(randomness) {}

std::uint64_t TransactionTable::flow_key(const Flow& flow) {
  if (flow.connection != 0) return flow.connection;
  return std::hash<Endpoint>{}(flow.remote) | (std::uint64_t{1} << 63U);
}

std::string TransactionTable::new_branch() { return "z9hG4bK" + random_token(randomness_, 24); }

Incoming TransactionTable::on_request(TimePoint now, const Message& request, std::vector<Send>& out) {
  const auto key = server_key(hash_, request);
  if (!key) return {.kind = Incoming::Kind::malformed};
  const auto found = by_key_.find(*key);
  const bool is_cancel = request.method() == Method::cancel;
  if (found == by_key_.end()) {
    if (is_cancel) return {.kind = Incoming::Kind::unmatched};
    const auto merge = by_merge_key_.empty() ? std::nullopt : merge_key(hash_, request);
    const bool merged = merge && by_merge_key_.contains(*merge);
    return {.kind = merged ? Incoming::Kind::merged : Incoming::Kind::fresh};
  }
  const TxId id = found->second;
  Transaction& tx = *transactions_.find(static_cast<std::uint64_t>(id));
  if (is_cancel) {
    const bool pending = tx.state == TxState::proceeding;
    return {.kind = Incoming::Kind::cancel, .tx = id, .owner = tx.owner, .pending = pending};
  }
  const TxInput input = request.method() == Method::ack ? TxInput::got_ack : TxInput::got_request;
  const TxRow* row = step(now, id, tx, input);
  if (row == nullptr) return {};
  if (row->act == TxAct::repeat) repeat(tx, out);
  if (row->act == TxAct::pass_up) return {.kind = Incoming::Kind::fresh};
  return {};
}

Incoming TransactionTable::on_response(TimePoint now, const Message& response, std::vector<Send>& out) {
  const auto key = client_key(hash_, response);
  if (!key) return {.kind = Incoming::Kind::malformed};
  const auto found = by_key_.find(*key);
  if (found == by_key_.end()) return {.kind = Incoming::Kind::unmatched};
  const TxId id = found->second;
  Transaction& tx = *transactions_.find(static_cast<std::uint64_t>(id));
  const Incoming up{.kind = Incoming::Kind::response, .tx = id, .owner = tx.owner};
  const bool first_refusal = tx.invite() && tx.state != TxState::completed && response.status() >= 300;
  if (first_refusal) tx.last = write_refusal_ack(tx.head, response);
  const Flow flow = tx.flow;
  const std::string ack = first_refusal ? tx.last : std::string();
  const TxRow* row = step(now, id, tx, got(response.status()));
  if (row == nullptr) return {};
  switch (row->act) {
    case TxAct::pass_up:
      if (const Send* kept = kept_ack(id, response)) {
        repeats().add();
        out.push_back(*kept);
        return {};
      }
      return up;
    case TxAct::pass_up_and_ack:
      out.push_back({flow, ack});
      return up;
    case TxAct::send_ack:
      repeat(tx, out);
      return {};
    default:
      return {};
  }
}

bool TransactionTable::knows(const Message& request) const {
  if (request.method() == Method::ack || request.method() == Method::cancel) return false;
  const auto key = server_key(hash_, request);
  return key && by_key_.contains(*key);
}

Result<TxId> TransactionTable::accept(TimePoint now, const Flow& arrival, const Message& request,
                                      std::string_view to_tag, TxOwner owner) {
  const auto key = server_key(hash_, request);
  if (!key) return fail(Code::invalid, "the request has no usable Via");
  if (by_key_.contains(*key)) return fail(Code::conflict, "the request has its transaction");
  if (!make_room(now)) return fail(Code::busy, "SIP transactions");
  Transaction tx;
  const bool invite = request.method() == Method::invite;
  tx.machine = invite ? &kInviteServer : &kNonInviteServer;
  tx.flow = answer_flow(request, arrival);
  tx.key = *key;
  tx.owner = owner;
  tx.head = take_answer_head(request, to_tag);
  if (const auto merge = merge_key(hash_, request)) {
    tx.merge = *merge;
    tx.merges = true;
  }
  return add(now, std::move(tx), invite ? TxState::proceeding : TxState::trying);
}

TxId TransactionTable::answer(TimePoint now, const Flow& arrival, const Message& request, int status,
                              std::string bytes, std::vector<Send>& out) {
  const Flow flow = answer_flow(request, arrival);
  const auto key = server_key(hash_, request);
  const bool invite = request.method() == Method::invite;
  // Over a stream a finished non-INVITE transaction has nothing left to do (timer J is 0).
  const bool over = !invite && is_reliable(flow.transport);
  // An answer has the request's Vias: who fills them with what he likes is not to fill our memory.
  const bool too_long = !is_reliable(flow.transport) && bytes.size() > limits::kSipKeptAnswerBytesMax &&
                        long_bytes_ + bytes.size() > limits::kSipLongAnswersBytesMax;
  if (!key || over || too_long || !make_room(now)) {
    out.push_back({flow, std::move(bytes)});
    return TxId::none;
  }
  Transaction tx;
  tx.machine = invite ? &kInviteServer : &kNonInviteServer;
  tx.flow = flow;
  tx.key = *key;
  const TxId id = add(now, std::move(tx), invite ? TxState::proceeding : TxState::trying);
  try {
    send_response(now, id, status, std::move(bytes), out);
  } catch (...) {  // without an answer it would stay for ever
    drop(id);
    throw;
  }
  return id;
}

void TransactionTable::refuse(TimePoint now, const Flow& arrival, const Message& request, int status,
                              std::string bytes, std::vector<Send>& out) {
  const TxId id = answer(now, arrival, request, status, std::move(bytes), out);
  auto* tx = transactions_.find(static_cast<std::uint64_t>(id));
  if (tx == nullptr || !tx->invite()) return;  // other answers are not repeated by the clock anyhow
  tx->repeat_at = kNever;
  arm(id, *tx);
}

std::string_view TransactionTable::answer_head(TxId id) const {
  const auto* tx = transactions_.find(static_cast<std::uint64_t>(id));
  return tx == nullptr ? std::string_view{} : std::string_view(tx->head);
}

const Flow* TransactionTable::flow(TxId id) const {
  const auto* tx = transactions_.find(static_cast<std::uint64_t>(id));
  return tx == nullptr ? nullptr : &tx->flow;
}

bool TransactionTable::send_response(TimePoint now, TxId id, int status, std::string bytes,
                                     std::vector<Send>& out) {
  auto* tx = transactions_.find(static_cast<std::uint64_t>(id));
  if (tx == nullptr || tx->client()) return false;
  const TxRow* row = find_row(tx->machine->rows, tx->state, sent(status));
  if (row == nullptr) return false;
  // 2xx to INVITE are repeated by the session until the ACK, so the transaction keeps none of them.
  const bool keep =
      row->to != TxState::accepted && (row->to != TxState::completed || !is_reliable(tx->flow.transport));
  tx->last = keep ? bytes : std::string();
  if (status >= 200) {
    tx->head.clear();
    tx->head.shrink_to_fit();
    tx->last.shrink_to_fit();
    if (tx->last.size() > limits::kSipKeptAnswerBytesMax) long_bytes_ += tx->long_bytes = tx->last.size();
  }
  out.push_back({tx->flow, std::move(bytes)});
  step(now, id, *tx, sent(status));
  return true;
}

Result<TxId> TransactionTable::request(TimePoint now, const Flow& flow, std::string_view method,
                                       std::string_view branch, std::string bytes, TxOwner owner,
                                       std::vector<Send>& out) {
  if (!make_room(now)) return fail(Code::busy, "SIP transactions");
  Transaction tx;
  const bool invite = method == method_name(Method::invite);
  tx.machine = invite ? &kInviteClient : &kNonInviteClient;
  tx.flow = flow;
  tx.key = client_key(hash_, branch, method);
  tx.owner = owner;
  tx.flow_key = flow_key(flow);
  if (invite) tx.head = take_request_head(bytes);
  if (!is_reliable(flow.transport)) tx.last = bytes;
  out.push_back({flow, std::move(bytes)});
  return add(now, std::move(tx), invite ? TxState::calling : TxState::trying);
}

bool TransactionTable::can_cancel(TxId invite) const {
  const auto* tx = transactions_.find(static_cast<std::uint64_t>(invite));
  return tx != nullptr && tx->machine == &kInviteClient && tx->state == TxState::proceeding;
}

void TransactionTable::cancel(TimePoint now, TxId invite, std::string_view reason, std::vector<Send>& out) {
  const auto* tx = transactions_.find(static_cast<std::uint64_t>(invite));
  if (tx == nullptr || tx->machine != &kInviteClient) return;
  limit(now, invite);
  const Flow flow = tx->flow;
  Cancel cancel = write_cancel(tx->head, reason);
  if (cancel.bytes.empty()) return;
  // A full table costs the repetitions of this CANCEL, not the CANCEL.
  std::string unrepeated = make_room(now) ? std::string() : cancel.bytes;
  if (!request(now, flow, method_name(Method::cancel), cancel.branch, std::move(cancel.bytes), 0, out)) {
    out.push_back({flow, std::move(unrepeated)});
  }
}

void TransactionTable::limit(TimePoint now, TxId invite) {
  auto* tx = transactions_.find(static_cast<std::uint64_t>(invite));
  if (tx == nullptr || tx->machine != &kInviteClient) return;
  tx->unwanted = true;
  if (tx->state != TxState::proceeding) return;
  tx->end_at = std::min(tx->end_at, now + k64T1);
  arm(invite, *tx);
}

bool TransactionTable::keep_ack(TxId invite, std::string_view to_tag, Send ack) {
  const auto* tx = transactions_.find(static_cast<std::uint64_t>(invite));
  if (tx == nullptr || tx->machine != &kInviteClient) return false;
  auto& kept = acks_[invite];
  if (kept.size() >= limits::kSipForksMax) return false;
  kept.push_back({std::string(to_tag), std::move(ack)});
  return true;
}

const Send* TransactionTable::kept_ack(TxId invite, const Message& response) const {
  const auto found = acks_.find(invite);
  if (found == acks_.end() || response.status() < 200) return nullptr;
  const auto to = read_to(response);
  if (!to) return nullptr;
  const auto kept = std::ranges::find(found->second, to->tag(), &KeptAck::to_tag);
  return kept == found->second.end() ? nullptr : &kept->ack;
}

void TransactionTable::set_owner(TxId id, TxOwner owner) {
  if (auto* tx = transactions_.find(static_cast<std::uint64_t>(id))) tx->owner = owner;
}

void TransactionTable::drop(TxId id) {
  if (auto* tx = transactions_.find(static_cast<std::uint64_t>(id))) remove(id, *tx);
}

void TransactionTable::on_time(TimePoint now, std::vector<Send>& out, GaveUps& gave_up) {
  while (const auto due = deadlines_.due(now)) {
    on_timer(now, static_cast<TxId>(*due), *transactions_.find(*due), out, gave_up);
  }
}

void TransactionTable::on_transport_error(TimePoint now, const Flow& flow, GaveUps& gave_up) {
  std::vector<TxId> hit;
  const std::uint64_t key = flow_key(flow);
  for (auto it = clients_by_flow_.lower_bound({key, TxId::none});
       it != clients_by_flow_.end() && it->first == key; ++it) {
    hit.push_back(it->second);
  }
  for (const TxId id : hit) {
    auto* tx = transactions_.find(static_cast<std::uint64_t>(id));
    if (tx == nullptr || tx->flow.transport != flow.transport || tx->flow.remote != flow.remote) continue;
    const GaveUp up{.tx = id, .owner = tx->owner, .client = true, .transport_failed = true};
    gave_up.push_back(up);  // memory for it is there before the transaction is gone
    const TxRow* row = step(now, id, *tx, TxInput::transport_error);
    if (row == nullptr || row->act != TxAct::give_up) gave_up.pop_back();
  }
}

// --- inside ---

TxId TransactionTable::add(TimePoint now, Transaction&& made, TxState first) {
  const auto [number, tx] = transactions_.emplace(std::move(made));
  const TxId id = static_cast<TxId>(number);
  try {
    by_key_[tx->key] = id;
    if (tx->merges) by_merge_key_[tx->merge] = id;
    if (tx->client()) clients_by_flow_.emplace(tx->flow_key, id);
    enter(now, id, *tx, first);
  } catch (...) {  // without a deadline it would stay for ever
    drop(id);
    throw;
  }
  return id;
}

void TransactionTable::remove(TxId id, Transaction& tx) {
  // A second request with the key of a live one replaces it in the index; leave that alone.
  if (const auto it = by_key_.find(tx.key); it != by_key_.end() && it->second == id) by_key_.erase(it);
  if (tx.merges) {
    const auto it = by_merge_key_.find(tx.merge);
    if (it != by_merge_key_.end() && it->second == id) by_merge_key_.erase(it);
  }
  if (tx.client()) clients_by_flow_.erase({tx.flow_key, id});
  if (tx.machine == &kInviteClient) acks_.erase(id);
  deadlines_.remove(tx.deadline);
  long_bytes_ -= tx.long_bytes;
  transactions_.erase(static_cast<std::uint64_t>(id));
}

const TxRow* TransactionTable::step(TimePoint now, TxId id, Transaction& tx, TxInput input) {
  const TxRow* row = find_row(tx.machine->rows, tx.state, input);
  if (row != nullptr && row->to != tx.state) enter(now, id, tx, row->to);
  return row;
}

void TransactionTable::enter(TimePoint now, TxId id, Transaction& tx, TxState state) {
  tx.state = state;
  const TxTimers* timers = find_timers(tx.machine->timers, state);
  if (timers == nullptr) return remove(id, tx);
  const bool reliable = is_reliable(tx.flow.transport);
  tx.interval = timers->repeat_first;
  if (!timers->keep) {
    const bool repeats_here = timers->repeat != TxInput::none && !reliable;
    tx.repeat_at = repeats_here ? now + timers->repeat_first : kNever;
    const Duration end_after = reliable ? timers->end_reliable : timers->end_unreliable;
    if (timers->end != TxInput::none && end_after == Duration::zero()) return remove(id, tx);
    tx.end_at = timers->end != TxInput::none && end_after != kByHand ? now + end_after : kNever;
    if (tx.unwanted && state == TxState::proceeding) tx.end_at = now + k64T1;
  }
  if (tx.client() && state != TxState::calling && state != TxState::trying) forget_request(tx);
  arm(id, tx);
  note_lingering(now, id, tx);
}

// What an answered request no longer needs: the copy to send again, and what ACK and CANCEL are made of.
void TransactionTable::forget_request(Transaction& tx) {
  if (tx.state == TxState::accepted || tx.state == TxState::completed) tx.head = {};
  const bool repeats_request = !tx.invite() && tx.state == TxState::proceeding;
  const bool repeats_ack = tx.invite() && tx.state == TxState::completed;
  if (!repeats_request && !repeats_ack) tx.last = {};
}

void TransactionTable::note_lingering(TimePoint now, TxId id, const Transaction& tx) {
  // Of a refused INVITE with an owner the end is waited for. One without, in a dialog, is never acknowledged
  // by a peer who means to fill the table.
  const bool unowned = tx.machine == &kNonInviteServer || tx.owner == 0;
  const bool answered = tx.state == TxState::accepted || (tx.state == TxState::completed && unowned);
  if (!tx.client() && answered) linger(now, id);
}

void TransactionTable::linger(TimePoint now, TxId id) {
  while (!lingering_.empty() &&
         transactions_.find(static_cast<std::uint64_t>(lingering_.front().id)) == nullptr) {
    lingering_.pop_front();
  }
  lingering_.push_back({id, now});
}

// When the table is full, what was answered longest ago goes, but not before the repetitions it is there for
// have left the network (T4).
bool TransactionTable::make_room(TimePoint now) {
  static Counter& cut =
      counter("portico_sip_transactions_cut_total", "Answered transactions that ended before their time");
  while (transactions_.size() >= limits::kSipTransactionsMax) {
    if (lingering_.empty()) return false;
    const auto [id, since] = lingering_.front();
    auto* tx = transactions_.find(static_cast<std::uint64_t>(id));
    if (tx != nullptr && since + kT4 > now) return false;
    lingering_.pop_front();
    if (tx == nullptr) continue;
    cut.add();
    remove(id, *tx);
  }
  return true;
}

void TransactionTable::arm(TxId id, Transaction& tx) {
  deadlines_.set(static_cast<std::uint64_t>(id), std::min(tx.repeat_at, tx.end_at), tx.deadline);
}

void TransactionTable::repeat(const Transaction& tx, std::vector<Send>& out) const {
  if (tx.last.empty()) return;
  repeats().add();
  out.push_back({tx.flow, tx.last});
}

void TransactionTable::on_timer(TimePoint now, TxId id, Transaction& tx, std::vector<Send>& out,
                                GaveUps& gave_up) {
  const TxTimers& timers = *find_timers(tx.machine->timers, tx.state);
  if (tx.end_at <= now) {
    const GaveUp up{
        .tx = id, .owner = tx.owner, .client = tx.client(), .heard = tx.state == TxState::proceeding};
    gave_up.push_back(up);  // memory for it is there before the transaction is gone
    const TxRow* row = step(now, id, tx, timers.end);
    if (row == nullptr || row->act != TxAct::give_up) gave_up.pop_back();
    return;
  }
  repeat(tx, out);
  tx.interval = std::min(tx.interval * 2, timers.repeat_max);
  tx.repeat_at = now + tx.interval;
  arm(id, tx);
}

}  // namespace portico::sip
