#include "sim/life.h"

#include <atomic>
#include <cstdlib>

namespace portico::sim {

async::Job LifeLoop::while_alive(async::Job job) {
  return [alive = alive_, job = std::move(job)]() mutable {
    if (*alive) job();
  };
}
void LifeLoop::post(async::Job job) { loop_.post(while_alive(std::move(job))); }
async::TimerId LifeLoop::call_at(TimePoint when, async::Job job) {
  return loop_.call_at(when, while_alive(std::move(job)));
}

bool Life::Jobs::run(async::Job job) {
  if (luck_.one_in(50)) return false;
  job();
  return true;
}

class Life::Witness final : public call::Webhooks, public call::Records {
 public:
  Witness(Ledger& ledger, webhook::Courier& courier, Writes& writes, Luck& luck, Sabotage sabotage)
      : ledger_(ledger), courier_(courier), writes_(writes), luck_(luck), sabotage_(sabotage) {}

  void ask(call::RequestId request, call::Webhook webhook, call::Sender answers) override {
    if (webhook.event.at("eventType") == "initiate") ++ledger_.calls[webhook.call_id].asked_initiate;
    courier_.ask(request, std::move(webhook), std::move(answers));
  }
  void tell(call::Webhook webhook) override;
  void tell_end(call::Webhook webhook, const account::CallRecord& record) override;
  void tell_end(call::Webhook webhook, const account::RecordingRecord& record) override;
  void save(const account::CallRecord& record) override;
  void save(const account::RecordingRecord& record) override;

 private:
  void note(const account::CallRecord& record);
  std::string note(const call::Webhook& webhook);  // which event it is

  Ledger& ledger_;
  webhook::Courier& courier_;
  Writes& writes_;
  Luck& luck_;
  const Sabotage sabotage_;
  std::optional<call::Webhook> held_;  // Sabotage::swapped_events
};

std::string Life::Witness::note(const call::Webhook& webhook) {
  std::string event(webhook.event.at("eventType").as_string());
  ++ledger_.said[{.call = webhook.call_id, .event = event, .life = ledger_.life}];
  return event;
}

void Life::Witness::tell(call::Webhook webhook) {
  const auto event = note(webhook);
  if (sabotage_ == Sabotage::mute_events && luck_.one_in(4)) return;
  if (sabotage_ == Sabotage::wrong_digit && event == "dtmf") webhook.event["digit"] = "D";
  if (sabotage_ == Sabotage::swapped_events && !held_) {
    held_ = std::move(webhook);
    return;
  }
  courier_.tell(std::move(webhook));
}

void Life::Witness::tell_end(call::Webhook webhook, const account::CallRecord& record) {
  note(record);
  note(webhook);
  if (sabotage_ == Sabotage::lost_event && luck_.one_in(4)) {
    writes_.submit(record);
    return;
  }
  if (sabotage_ == Sabotage::doubled_event && luck_.one_in(4)) courier_.tell(webhook);
  courier_.tell_end(std::move(webhook), record);
  if (held_) courier_.tell(*std::exchange(held_, std::nullopt));
}

void Life::Witness::tell_end(call::Webhook webhook, const account::RecordingRecord& record) {
  note(webhook);
  if (sabotage_ == Sabotage::lost_recording) return courier_.tell(std::move(webhook));
  if (sabotage_ == Sabotage::mute_recording) return (void)writes_.submit(record);
  courier_.tell_end(std::move(webhook), record);
}

void Life::Witness::note(const account::CallRecord& record) {
  auto& call = ledger_.calls[record.call_id];
  call.sip_call_id = record.sip_call_id;
  if (call.life == 0) call.life = ledger_.life;
  const bool over = record.state == "disconnected";
  if (call.ends > 0 && !over) call.revived = true;
  if (over && ++call.ends == 1) {
    call.ended = Clock::now();
    call.ended_in = ledger_.life;
    call.cause = record.disconnect_cause.value_or("");
    call.error = record.error_message.value_or("");
  }
  call.admitted = call.admitted || !over;
}

void Life::Witness::save(const account::CallRecord& record) {
  note(record);
  writes_.submit(record);
}

void Life::Witness::save(const account::RecordingRecord& record) {
  if (sabotage_ == Sabotage::lost_recording && record.status != "processing") return;
  writes_.submit(record);
}

Life::Life(async::Loop& loop, Network& network, Disk& disk, Ledger& ledger, const ServerSettings& settings,
           std::uint64_t seed)
    : disk_(disk),
      ledger_((++ledger.life, ledger)),
      luck_(seed),
      loop_(loop),
      settings_(settings),
      backends_(loop_, luck_, settings_.troubles, ledger),
      jobs_(luck_),
      writes_(loop_, luck_, disk, ledger, settings_.write_room),
      courier_(*disk.store, jobs_, backends_,
               [this](account::Write write) { return writes_.submit(std::move(write)); }, {.alone = true}),
      witness_(std::make_unique<Witness>(ledger, courier_, writes_, luck_, settings_.sabotage)),
      media_(settings.engine_media
                 ? std::make_unique<EngineMedia>(loop_, network, luck_, ledger.life, settings_.sabotage)
                 : nullptr),
      server_(loop_, network, settings_, seed + 1, outside()) {}

Life::~Life() = default;

Outside Life::outside() {
  auto secret = disk_.store->server_secret("nonce", 32);
  if (!secret) std::abort();
  if (settings_.sabotage == Sabotage::lost_outbox) forget_outbox();
  if (settings_.sabotage == Sabotage::cut_calls) cut_calls();
  courier_.start();
  recover();
  return {.media = media_.get(),
          .webhooks = witness_.get(),
          .records = witness_.get(),
          .nonce_secret = std::move(*secret)};
}

void Life::forget_outbox() {
  const auto later = loop_.wall() + Millis(1h);
  while (true) {
    const auto items = disk_.store->outbox_claim(later, later, 100);
    if (!items || items->empty()) return;
    for (const auto& item : *items) (void)disk_.store->outbox_done(item.id);
  }
}

void Life::cut_calls() {
  loop_.call_at(loop_.now() + 2s, [this] {
    for (const auto& [id, call] : ledger_.calls) server_.post(id, call::Complete{});
    cut_calls();
  });
}

app::Recovery Life::recovery() {
  return {.store = *disk_.store,
          .directory = directory_,
          .objects = *disk_.objects,
          .webhooks = *witness_,
          .records = *witness_,
          .base_url = kBaseUrl,
          .now = loop_.wall()};
}

// As portico/server.cc does before it takes calls.
void Life::recover() {
  directory_.put(application_of(settings_));
  if (!app::end_orphaned_calls(recovery()) || !app::finish_orphaned_recordings(recovery())) std::abort();
  look_after_recordings();
}

// As portico/server.cc does while it takes calls.
void Life::look_after_recordings() {
  loop_.call_at(loop_.now() + 60s, [this] {
    const std::atomic<bool> stopping{false};
    if (writes_.queued() == 0 && !app::finish_left_recordings(recovery(), {}, stopping)) std::abort();
    look_after_recordings();
  });
}

void Life::die() {
  ++ledger_.deaths;
  for (auto& [id, call] : ledger_.calls) {
    if (!call.end_kept) call.ends = 0;  // nobody will ever know of it
  }
  for (auto& told : ledger_.told) {
    const bool an_end = told.event == "disconnect" || !told.recording.empty();
    if (told.life == ledger_.life && an_end && !told.end_kept) told.unstored = false;  // nobody knows of it
  }
  loop_.end();
  server_.unplug();
  if (media_) media_->unplug();
}

void Life::shut_down() {
  loop_.end();
  server_.unplug();
  if (media_) media_->unplug();
  courier_.stop(Millis(0));
  writes_.flush();
}

void Life::post_to_some_call(Luck& luck, call::Event event) {
  std::vector<std::string> live;
  for (const auto& [id, call] : ledger_.calls) {
    if (call.life == ledger_.life && call.ends == 0) live.push_back(id);
  }
  if (live.empty()) return;
  const auto& id = live[luck.below(static_cast<std::uint32_t>(live.size()))];
  ledger_.touched.insert(id);
  server_.post(id, std::move(event));
}

bool Life::quiet() const {
  const auto& pump = server_.pump();
  const auto waiting = disk_.store->outbox_size();
  return pump.calls() == 0 && pump.agent().transactions() == 0 && pump.agent().sessions() == 0 &&
         writes_.queued() == 0 && waiting && *waiting == 0 && disk_.store->open_recordings("", 1)->empty();
}

}  // namespace portico::sim
