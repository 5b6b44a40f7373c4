#pragma once
// One life of the server's process, from its start to its end or its death: the server, the real courier
// between its calls and the backends, and the recovery that a start begins with. Dead is what ran on its
// loop; the disk stays.

#include <memory>

#include "portico/recovery.h"
#include "sim/backends.h"
#include "sim/disk.h"
#include "sim/engine_media.h"
#include "sim/server.h"
#include "webhook/courier.h"

namespace portico::sim {

// The loop of one life: nothing of it runs after the end.
class LifeLoop final : public async::Loop {
 public:
  explicit LifeLoop(async::Loop& loop) : loop_(loop) {}
  void post(async::Job job) override;
  TimePoint now() const override { return loop_.now(); }
  WallTime wall() const override { return loop_.wall(); }
  async::TimerId call_at(TimePoint when, async::Job job) override;
  void cancel(async::TimerId id) override { loop_.cancel(id); }
  bool on_owner_thread() const override { return true; }
  void end() { *alive_ = false; }

 private:
  async::Job while_alive(async::Job job);
  async::Loop& loop_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

class Life {
 public:
  Life(async::Loop& loop, Network& network, Disk& disk, Ledger& ledger, const ServerSettings& settings,
       std::uint64_t seed);
  ~Life();

  Server& server() { return server_; }
  const Server& server() const { return server_; }
  const EngineMedia* engine_media() const { return media_.get(); }  // null: SimMedia
  void post_to_some_call(Luck& luck, call::Event event);            // as the REST API does

  void die();        // SIGKILL
  void shut_down();  // the end after a drain: what waits for the store is written

  bool quiet() const;  // nothing goes on, and nothing waits to be told

 private:
  // Jobs of the outbox: at once, or refused.
  class Jobs final : public async::Executor {
   public:
    explicit Jobs(Luck& luck) : luck_(luck) {}
    bool run(async::Job job) override;

   private:
    Luck& luck_;
  };
  class Witness;  // notes what calls tell and keep on its way

  Disk& disk_;
  Ledger& ledger_;
  Luck luck_;
  LifeLoop loop_;
  const ServerSettings settings_;
  Backends backends_;
  Jobs jobs_;
  Writes writes_;
  webhook::Courier courier_;
  std::unique_ptr<Witness> witness_;
  std::unique_ptr<EngineMedia> media_;
  account::Directory directory_;  // recovery's
  Server server_;

  Outside outside();
  app::Recovery recovery();
  void recover();
  void look_after_recordings();
  void cut_calls();      // Sabotage::cut_calls
  void forget_outbox();  // Sabotage::lost_outbox
};

}  // namespace portico::sim
