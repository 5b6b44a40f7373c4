#include "webhook/outbox.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "async/lines.h"
#include "base/attempt.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/rate_bucket.h"
#include "http/url.h"
#include "webhook/outbox_entry.h"
#include "webhook/told_order.h"

namespace portico::webhook {
namespace {

using account::OutboxItem;

// A told event is in the store a moment later; nobody says when. Rounds look after 2, 4, 8 ms and so on.
constexpr Millis kPollMin{2};
constexpr Millis kPollMax{1'000};
constexpr std::size_t kClaimMax = 256;
// Deliveries that wait for one backend's answers to others; what is more goes back to the store, one for one
// until those go out, at most for a while: a backend that hangs does not take the places of all.
constexpr std::size_t kWaitingMax = 256;
constexpr Millis kPutBack{30'000};
constexpr std::uint32_t kNotesPerSecond = 10;

Counter& given_up() {
  static auto& value =
      counter("portico_webhooks_given_up_total", "Asynchronous webhooks that no attempt delivered");
  return value;
}

std::string backend_of(const std::string& url) {
  const auto parsed = http::parse_url(url);
  return parsed ? parsed->host + ":" + std::to_string(parsed->port) : url;
}

Gauge& under_way_gauge() {
  static auto& value = gauge("portico_webhook_deliveries", "Asynchronous webhooks under way");
  return value;
}

}  // namespace

struct Outbox::State : std::enable_shared_from_this<State> {
  State(account::Store& s, async::Executor& w, http::Fetcher& c, std::shared_ptr<const Exchanges> e,
        WriteSink k, OutboxOptions o)
      : store(s),
        workers(w),
        client(c),
        exchanges(std::move(e)),
        sink(std::move(k)),
        options(o),
        order(o.question_patience),
        others_hold(o.alone),
        lines(o.per_backend_max) {}

  // One item on its way. `saved` is false when the store's queue was full: then it lives in memory only.
  struct Delivery {
    OutboxItem item;
    bool saved = true;
    bool at_fallback = false;
    Target target;
    std::string backend;  // of the target
    WallTime asked{};
  };
  using DeliveryPtr = std::shared_ptr<Delivery>;

  struct UnderWay {
    std::uint32_t attempts = 0;  // before this one
    bool saved = true;
  };

  // What a round has to tell the store.
  struct Settled {
    std::string id;
    bool done = true;  // else: try again
    std::uint32_t attempts = 0;
    WallTime not_before{};
  };

  // The wall clock of the start, moved on: no event waits because the clock was set back.
  WallTime now() const {
    return start.wall + std::chrono::duration_cast<Millis>(read_clocks().mono - start.mono);
  }
  void tell(const call::Webhook& webhook, std::optional<Ended> ended);
  void schedule(Millis delay);
  void on_timer(TimePoint when);
  void round();
  bool settle(std::vector<Settled> settled);
  std::size_t claim();
  void after_round(std::size_t claimed, bool settled_all);
  void send(const DeliveryPtr& delivery);
  void turn_away(const Delivery& delivery);  // with the mutex
  void let_in(const std::string& backend);
  void forget_due(WallTime present);  // with the mutex
  // An exception must not leave it under way for ever. False: there was one.
  template <typename Work>
  bool or_put_back(const DeliveryPtr& delivery, Work work);
  void put_back(const DeliveryPtr& delivery, Millis delay);  // to the store, unless it is not there
  void ask_next();
  void free_place(const std::string& backend);
  void ask(const DeliveryPtr& delivery);
  void on_outcome(const DeliveryPtr& delivery, const Outcome& outcome);
  void repeat_unsaved(const DeliveryPtr& delivery);
  void give_up(const OutboxItem& item, std::uint32_t attempts, std::string_view why);
  void end(const DeliveryPtr& delivery, Settled settled);
  void leave(const Delivery& delivery, Settled settled);  // with the mutex
  void stop(Millis patience);
  void give_back();

  account::Store& store;
  async::Executor& workers;
  http::Fetcher& client;
  std::shared_ptr<const Exchanges> exchanges;
  WriteSink sink;
  OutboxOptions options;
  ToldOrder order;
  const Now start = read_clocks();
  bool others_hold;  // rounds only: claims of an earlier life of this process are in the store

  std::mutex mutex;
  std::condition_variable changed;
  std::unordered_map<std::string, UnderWay> under_way;  // by item id
  std::unordered_set<std::string> repeats;  // ids of what has failed once and is not claimed again yet
  async::Lines<DeliveryPtr> lines;          // by backend: for a place among those who are asked
  // Back in the store for want of a place in a line, by backend: the next of them is due when one leaves it.
  // No more than the store has, limits::kOutboxItemsMax.
  std::unordered_map<std::string, std::deque<Settled>> turned_away;
  std::size_t asking = 0;
  RateBucket notes;  // of the log
  std::vector<Settled> settled;
  std::size_t told_unseen = 0;  // told and not claimed yet; other nodes may claim ours, so a guide only
  Millis poll = kPollMin;
  TimePoint scheduled = kNever;
  bool round_runs = false;
  bool started = false;
  bool stopped = false;
};

void Outbox::State::tell(const call::Webhook& webhook, std::optional<Ended> ended) {
  static auto& unsaved =
      counter("portico_webhook_unsaved_total",
              "Asynchronous webhooks sent without being saved: the store's queue was full");
  const auto timeout = std::clamp(webhook.timeout, options.bounds.min, options.bounds.max);
  auto item = make_item(webhook, timeout, now());
  {
    const std::lock_guard lock(mutex);
    ++told_unseen;
    poll = kPollMin;
  }
  order.told(item.ordering_key, item.id, Clock::now());
  const bool saved = ended ? sink(account::EndWrite{.record = *ended, .event = item}) : sink(item);
  if (saved) return schedule(kPollMin);
  // The end itself has to be kept all the same: a restart would tell it again.
  if (ended) std::visit([&](auto& record) { (void)sink(std::move(record)); }, *ended);
  unsaved.add();
  auto delivery = std::make_shared<Delivery>(Delivery{.item = std::move(item), .saved = false});
  bool room = false;
  {
    const std::lock_guard lock(mutex);
    --told_unseen;
    if (stopped) return;
    room = under_way.size() < 2 * options.under_way_max;
    if (room) {
      under_way.emplace(delivery->item.id, UnderWay{.saved = false});
      under_way_gauge().add(1);
    }
  }
  if (room) return send(delivery);
  order.ended(delivery->item.id);
  give_up(delivery->item, 0, "too many others are on their way, and the store takes no more");
}

void Outbox::State::give_up(const OutboxItem& item, std::uint32_t attempts, std::string_view why) {
  given_up().add();
  {
    const std::lock_guard lock(mutex);
    if (!notes.take(kNotesPerSecond, Clock::now())) return;
  }
  log::warn("a webhook was given up",
            {{"callId", item.call_id}, {"event", item.event}, {"attempts", attempts}, {"why", why}});
}

void Outbox::State::schedule(Millis delay) {
  const auto when = Clock::now() + delay;
  {
    const std::lock_guard lock(mutex);
    if (!started || stopped || scheduled <= when) return;
    scheduled = when;
  }
  try {
    client.after(delay, [weak = weak_from_this(), when] {
      if (const auto state = weak.lock()) state->on_timer(when);
    });
  } catch (...) {  // or no timer would ever be set again
    const std::lock_guard lock(mutex);
    if (scheduled == when) scheduled = kNever;
    throw;
  }
}

void Outbox::State::on_timer(TimePoint when) {
  {
    const std::lock_guard lock(mutex);
    if (scheduled != when || stopped) return;  // another timer has taken its place
    scheduled = kNever;
    if (round_runs) return;  // its end schedules the next
    round_runs = true;
  }
  bool queued = false;
  try {
    queued = workers.run([state = shared_from_this()] { state->round(); });
  } catch (const std::bad_alloc&) {  // as if the workers had no room
  }
  if (queued) return;
  after_round(0, true);
}

void Outbox::State::round() {
  std::vector<Settled> ended;
  {
    const std::lock_guard lock(mutex);
    if (!stopped) ended.swap(settled);
  }
  bool settled_all = false;
  std::size_t claimed = 0;
  try {
    settled_all = settle(std::move(ended));
    // What the store was not told of must not be claimed again: its lease may have run out meanwhile.
    if (settled_all) claimed = claim();
  } catch (const std::exception& e) {  // what it has claimed is claimed again when its lease is over
    log::error("a round of the outbox was cut short", {{"what", e.what()}});
  }
  after_round(claimed, settled_all);
}

// False when the store could not be told; what it was not told stays for the next round.
bool Outbox::State::settle(std::vector<Settled> ended) {
  for (std::size_t i = 0; i < ended.size(); ++i) {
    const auto& one = ended[i];
    const auto kept = attempt([&] {
      return one.done ? store.outbox_done(one.id) : store.outbox_retry(one.id, one.attempts, one.not_before);
    });
    if (kept || kept.error().code == Code::not_found) continue;
    log::warn("the outbox cannot be updated", {{"what", kept.error().what}});
    const std::lock_guard lock(mutex);
    settled.insert(settled.begin(), ended.begin() + static_cast<std::ptrdiff_t>(i), ended.end());
    return false;
  }
  return true;
}

std::size_t Outbox::State::claim() {
  const auto present = now();
  std::size_t room = 0;
  {
    const std::lock_guard lock(mutex);
    if (!stopped) room = options.under_way_max - std::min(options.under_way_max, under_way.size());
    forget_due(present);
  }
  if (room == 0) return 0;
  if (others_hold) {
    if (const auto freed = store.outbox_unclaim(present); !freed) {
      log::warn("the outbox cannot be read", {{"what", freed.error().what}});
      return 0;
    }
    others_hold = false;
  }
  auto items = store.outbox_claim(present, present + options.lease, std::min(room, kClaimMax));
  if (!items) {
    log::warn("the outbox cannot be read", {{"what", items.error().what}});
    return 0;
  }
  std::size_t claimed = 0;
  for (auto& item : *items) {
    auto delivery = std::make_shared<Delivery>(Delivery{.item = std::move(item)});
    {
      const auto& mine = delivery->item;
      const std::lock_guard lock(mutex);
      if (stopped) {
        settled.push_back({.id = mine.id, .done = false, .attempts = mine.attempts, .not_before = present});
        continue;
      }
      // It is on its way already, or was until a moment ago, and its lease has run out meanwhile: it must not
      // go out twice.
      if (std::ranges::find(settled, mine.id, &Settled::id) != settled.end()) continue;
      if (!under_way.emplace(mine.id, UnderWay{.attempts = mine.attempts}).second) continue;
      under_way_gauge().add(1);
      repeats.erase(mine.id);
      if (mine.attempts == 0 && told_unseen > 0) --told_unseen;
    }
    ++claimed;
    send(delivery);
  }
  return claimed;
}

void Outbox::State::after_round(std::size_t claimed, bool settled_all) {
  auto delay = kPollMax;
  {
    const std::lock_guard lock(mutex);
    round_runs = false;
    const bool quiet = poll >= kPollMax;
    poll = claimed > 0 ? kPollMin : std::min(poll * 2, kPollMax);
    if (claimed == 0 && quiet) told_unseen = 0;
    if (settled_all && (!settled.empty() || claimed == kClaimMax)) {
      delay = Millis(0);
    } else if (settled_all && told_unseen > 0) {
      delay = poll;
    }
    changed.notify_all();
  }
  schedule(delay);
}

void Outbox::State::send(const DeliveryPtr& delivery) {
  bool full = false;
  or_put_back(delivery, [&] {
    const bool at_fallback = delivery->at_fallback;
    delivery->target = at_fallback ? fallback_target(delivery->item) : primary_target(delivery->item);
    delivery->backend = backend_of(delivery->target.url);
    const std::lock_guard lock(mutex);
    full = delivery->saved && lines.waiting(delivery->backend) >= kWaitingMax;
    if (!full) return lines.push(delivery->backend, delivery);
    turn_away(*delivery);
  });
  if (full) return schedule(Millis(0));
  ask_next();
}

void Outbox::State::turn_away(const Delivery& delivery) {
  const auto& item = delivery.item;
  const Settled later{
      .id = item.id, .done = false, .attempts = item.attempts, .not_before = now() + kPutBack};
  turned_away[delivery.backend].push_back(later);
  leave(delivery, later);
}

// One has left the line of this backend: the next of those that found no place there is due.
void Outbox::State::let_in(const std::string& backend) {
  {
    const std::lock_guard lock(mutex);
    const auto line = turned_away.find(backend);
    if (line == turned_away.end() || lines.waiting(backend) >= kWaitingMax) return;
    auto next = std::move(line->second.front());
    line->second.pop_front();
    if (line->second.empty()) turned_away.erase(line);
    const auto present = now();
    if (next.not_before <= present) return;  // so it is by itself, and another process may have claimed it
    next.not_before = present;
    settled.push_back(std::move(next));
  }
  schedule(Millis(0));
}

// Those that a claim from now on gives by itself.
void Outbox::State::forget_due(WallTime present) {
  for (auto line = turned_away.begin(); line != turned_away.end();) {
    auto& items = line->second;
    while (!items.empty() && items.front().not_before <= present) items.pop_front();
    line = items.empty() ? turned_away.erase(line) : std::next(line);
  }
}

template <typename Work>
bool Outbox::State::or_put_back(const DeliveryPtr& delivery, Work work) {
  try {
    work();
    return true;
  } catch (const std::exception& e) {
    log::error("an event could not be sent", {{"what", e.what()}});
    put_back(delivery, kPutBack);
    return false;
  }
}

void Outbox::State::put_back(const DeliveryPtr& delivery, Millis delay) {
  const auto& item = delivery->item;
  end(delivery, {.id = item.id, .done = false, .attempts = item.attempts, .not_before = now() + delay});
}

void Outbox::State::ask_next() {
  while (true) {
    std::optional<async::Lines<DeliveryPtr>::Next> next;
    {
      const std::lock_guard lock(mutex);
      if (!stopped && asking < options.asking_max) next = lines.pop();
      if (!next) return;
      ++asking;
    }
    const bool asked = or_put_back(next->job, [&] {
      let_in(next->key);
      ask(next->job);
    });
    if (!asked) free_place(next->key);
  }
}

void Outbox::State::free_place(const std::string& backend) {
  const std::lock_guard lock(mutex);
  lines.done(backend);
  --asking;
}

void Outbox::State::ask(const DeliveryPtr& delivery) {
  delivery->asked = read_clocks().wall;
  auto request = make_request(delivery->target, delivery->item.body, delivery->item.timeout);
  request.asker = delivery->item.application_id;
  client.fetch(std::move(request), [weak = weak_from_this(), delivery](http::FetchOutcome fetched) {
    const auto state = weak.lock();
    if (!state) return;
    state->free_place(delivery->backend);
    state->or_put_back(delivery, [&] {
      state->on_outcome(delivery, judge_notice(std::move(fetched), delivery->target.url));
    });
    state->ask_next();
  });
}

void Outbox::State::on_outcome(const DeliveryPtr& delivery, const Outcome& outcome) {
  auto& item = delivery->item;
  exchanges->keep(subject_of(item),
                  {.asked = delivery->asked,
                   .number = item.attempts + (delivery->at_fallback ? 2U : 1U),
                   .fallback = delivery->at_fallback,
                   .target = &delivery->target,
                   .request_body = &item.body},
                  outcome);
  switch (next_step(item, delivery->at_fallback, outcome)) {
    case NextStep::finish:
      if (outcome.verdict != Verdict::delivered) give_up(item, item.attempts + 1, outcome.error.what);
      return end(delivery, {.id = item.id});
    case NextStep::give_back:
      return put_back(delivery, Millis(0));
    case NextStep::later:
      return delivery->saved ? put_back(delivery, kPutBack) : repeat_unsaved(delivery);
    case NextStep::fallback:
      delivery->at_fallback = true;
      return send(delivery);
    case NextStep::repeat:
      ++item.attempts;
      if (!delivery->saved) return repeat_unsaved(delivery);
      return end(delivery, {.id = item.id,
                            .done = false,
                            .attempts = item.attempts,
                            .not_before = now() + options.repeat_delay});
  }
}

void Outbox::State::repeat_unsaved(const DeliveryPtr& delivery) {
  client.after(options.repeat_delay, [weak = weak_from_this(), delivery] {
    if (const auto state = weak.lock()) state->send(delivery);
  });
}

void Outbox::State::end(const DeliveryPtr& delivery, Settled ended) {
  const bool again = !ended.done;
  {
    const std::lock_guard lock(mutex);
    if (again && !stopped) repeats.insert(ended.id);
    leave(*delivery, std::move(ended));
  }
  schedule(Millis(0));
  if (!again) return order.ended(delivery->item.id);
  client.after(options.repeat_delay, [weak = weak_from_this()] {
    if (const auto state = weak.lock()) state->schedule(kPollMin);
  });
}

void Outbox::State::leave(const Delivery& delivery, Settled ended) {
  under_way_gauge().add(-static_cast<std::int64_t>(under_way.erase(delivery.item.id)));
  if (delivery.saved && !stopped) settled.push_back(std::move(ended));
  changed.notify_all();
}

void Outbox::State::stop(Millis patience) {
  std::unique_lock lock(mutex);
  if (stopped) return;
  const auto idle = [this] {
    return told_unseen == 0 && repeats.empty() && under_way.empty() && settled.empty() && !round_runs;
  };
  // Not to wait for no time: where the clock is simulated, the real one may be far behind it.
  if (patience > Millis(0)) changed.wait_for(lock, patience, idle);
  stopped = true;
  changed.wait(lock, [this] { return !round_runs; });
  lock.unlock();
  order.let_all_go();
  give_back();
}

// What has ended is settled, what is under way may be claimed again: no round runs any more to do so.
void Outbox::State::give_back() {
  std::vector<Settled> ended;
  const auto present = now();
  {
    const std::lock_guard lock(mutex);
    ended.swap(settled);
    for (const auto& [id, one] : under_way) {
      if (one.saved)
        ended.push_back({.id = id, .done = false, .attempts = one.attempts, .not_before = present});
    }
    under_way_gauge().add(-static_cast<std::int64_t>(under_way.size()));
    under_way.clear();
  }
  settle(std::move(ended));
}

Outbox::Outbox(account::Store& store, async::Executor& workers, http::Fetcher& client,
               std::shared_ptr<const Exchanges> exchanges, WriteSink sink, OutboxOptions options)
    : state_(
          std::make_shared<State>(store, workers, client, std::move(exchanges), std::move(sink), options)) {}

Outbox::~Outbox() { stop(Millis(0)); }

void Outbox::start() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->started = true;
  }
  state_->schedule(Millis(0));
}

void Outbox::tell(const call::Webhook& webhook, std::optional<Ended> ended) {
  state_->tell(webhook, std::move(ended));
}

void Outbox::after_told(const std::string& ordering_key, std::function<void()> question) {
  auto asked = std::make_shared<std::function<void()>>(std::move(question));
  if (!state_->order.ask(ordering_key, asked, Clock::now())) return;
  state_->client.after(state_->options.question_patience,
                       [weak = state_->weak_from_this(), ordering_key, asked] {
                         if (const auto state = weak.lock()) state->order.let_go(ordering_key, asked);
                       });
}

void Outbox::stop(Millis patience) { state_->stop(patience); }

}  // namespace portico::webhook
