#pragma once
// What outlives a death of the server: the real store, an SQLite database, and the way into it on simulated
// time. What waits in the queue when the process is killed is lost.

#include <deque>
#include <memory>

#include "account/store.h"
#include "async/loop.h"
#include "objects/file_store.h"
#include "sim/ledger.h"
#include "sim/luck.h"

namespace portico::sim {

struct Disk {
  std::unique_ptr<account::Store> store;
  std::unique_ptr<objects::FileStore> objects;  // empty: the simulation's recordings have no files
  TimePoint locked_until{};                     // the store takes no writes before
};
Disk make_disk();

// store::WriteBehind without its thread: batches of what came within 10 ms, in order, tried again while the
// store is locked.
class Writes {
 public:
  Writes(async::Loop& loop, Luck& luck, Disk& disk, Ledger& ledger, std::size_t room)
      : loop_(loop), luck_(luck), disk_(disk), ledger_(ledger), room_(room) {}

  bool submit(account::Write write);  // false: there is no room for an event
  void flush();                       // at the end of a process that is not killed
  std::size_t queued() const { return queue_.size(); }

 private:
  struct Waiting {
    account::Write write;
    std::optional<std::size_t> told;   // an outbox item: its number in the ledger
    std::optional<std::size_t> alone;  // the end that an item without room came with: the item's number
  };
  void schedule(Millis delay);
  void commit();
  void write(std::size_t count);

  async::Loop& loop_;
  Luck& luck_;
  Disk& disk_;
  Ledger& ledger_;
  const std::size_t room_;
  std::deque<Waiting> queue_;
  std::optional<std::size_t> refused_;  // the item of the last write, which was an end and had no room
  bool scheduled_ = false;
};

}  // namespace portico::sim
