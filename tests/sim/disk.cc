#include "sim/disk.h"

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <filesystem>

#include "sim/server.h"
#include "store/open.h"

namespace portico::sim {
namespace {

constexpr Millis kGather{10};
constexpr Millis kRetry{200};
constexpr std::uint32_t kTornBatches = 8;  // one in so many is taken between two writes submitted together

Ledger::Told told_of(const account::OutboxItem& item, int life) {
  Ledger::Told told{
      .call = item.call_id, .event = item.event, .key = item.ordering_key, .body = item.body, .life = life};
  if (item.event == "recordingAvailable") {
    told.recording = boost::json::parse(item.body).as_object().at("recordingId").as_string();
  }
  return told;
}

// The event that a write brings along.
const account::OutboxItem* event_of(const account::Write& write) {
  if (const auto* end = std::get_if<account::EndWrite>(&write)) return &end->event;
  return std::get_if<account::OutboxItem>(&write);
}

const account::CallRecord* call_of(const account::Write& write) {
  if (const auto* end = std::get_if<account::EndWrite>(&write))
    return std::get_if<account::CallRecord>(&end->record);
  return std::get_if<account::CallRecord>(&write);
}

}  // namespace

Disk make_disk() {
  auto store = store::open_store("sqlite::memory:");
  if (!store) std::abort();
  const auto put = (*store)->put_account(account::Account{.id = kAccount, .name = "Acme"});
  if (!put) std::abort();
  auto objects = objects::FileStore::open(std::filesystem::temp_directory_path() / "portico-sim");
  if (!objects) std::abort();
  return {.store = std::move(*store), .objects = std::move(*objects)};
}

bool Writes::submit(account::Write write) {
  bool taken = true;
  std::optional<std::size_t> told;
  const auto alone = std::exchange(refused_, std::nullopt);
  if (const auto* item = event_of(write)) {
    taken = queue_.size() < room_;
    told = ledger_.told.size();
    ledger_.told.push_back(told_of(*item, ledger_.life));
    ledger_.told.back().unstored = !taken;
  }
  if (!taken) {
    if (std::holds_alternative<account::EndWrite>(write)) refused_ = told;
    return false;
  }
  queue_.push_back({.write = std::move(write), .told = told, .alone = alone});
  schedule(kGather);
  return true;
}

void Writes::schedule(Millis delay) {
  if (std::exchange(scheduled_, true)) return;
  loop_.call_at(loop_.now() + delay, [this] { commit(); });
}

void Writes::commit() {
  scheduled_ = false;
  if (loop_.now() < disk_.locked_until) return schedule(kRetry);
  const auto waiting = static_cast<std::uint32_t>(queue_.size());
  write(luck_.one_in(kTornBatches) ? 1 + luck_.below(waiting) : waiting);
  if (!queue_.empty()) schedule(kGather);
}

void Writes::write(std::size_t count) {
  std::vector<account::Write> batch;
  for (std::size_t i = 0; i < count; ++i) batch.push_back(queue_[i].write);
  if (!disk_.store->write(batch)) std::abort();
  for (std::size_t i = 0; i < count; ++i) {
    if (queue_[i].told) ledger_.told[*queue_[i].told].kept = true;
    if (queue_[i].alone) ledger_.told[*queue_[i].alone].end_kept = true;
    if (const auto* call = call_of(queue_[i].write)) {
      auto& of_ledger = ledger_.calls[call->call_id];
      of_ledger.kept = true;
      of_ledger.end_kept = of_ledger.end_kept || call->state == "disconnected";
    }
  }
  queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
}

void Writes::flush() { write(queue_.size()); }

}  // namespace portico::sim
