#pragma once
// The applications and accounts in memory, for the call path: right also when the store is down. Readers see
// one immutable snapshot; a change publishes another. Any thread.

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "account/account.h"
#include "account/application.h"
#include "account/store.h"
#include "account/uuid.h"

namespace portico::account {

using ApplicationPtr = std::shared_ptr<const Application>;
using AccountPtr = std::shared_ptr<const Account>;

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

class Snapshot {
 public:
  // By the user part of a sipUri, in either case; null when no enabled application has it. Does not allocate.
  const Application* by_sip_user(std::string_view user) const;
  const Application* by_id(std::string_view application_id) const;
  const Account* account(std::string_view account_id) const;
  // The same, to be kept for the life of a call.
  ApplicationPtr share_by_sip_user(std::string_view user) const;
  ApplicationPtr share_by_id(std::string_view application_id) const;
  std::size_t size() const { return by_id_.size(); }

 private:
  friend class Directory;
  std::unordered_map<Uuid, ApplicationPtr> by_sip_user_;
  std::unordered_map<Uuid, ApplicationPtr> by_id_;
  std::unordered_map<std::string, AccountPtr, TextHash, std::equal_to<>> accounts_;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

class Directory {
 public:
  Directory();

  SnapshotPtr snapshot() const;
  ApplicationPtr by_sip_user(std::string_view user) const { return snapshot()->share_by_sip_user(user); }
  ApplicationPtr by_id(std::string_view application_id) const {
    return snapshot()->share_by_id(application_id);
  }

  // Changes made by this process, visible at once. An older version than the one held is ignored, so that a
  // slow refresh cannot undo a newer write; so is an application that was removed.
  void put(Application application);
  void put(Account account);
  void remove(std::string_view application_id);

  // Asks the store for what changed since the last time. Blocks: worker threads only. On an error the
  // snapshot stays as it is. True when something had changed.
  Result<bool> refresh(Store& store);

  std::uint64_t published() const { return published_.load(std::memory_order_acquire); }

  // One a thread: sees each published snapshot with one atomic load a look-up and no lock between changes.
  class Reader {
   public:
    explicit Reader(const Directory& directory) : directory_(&directory) {}
    const Snapshot& current();  // valid until the next call

   private:
    const Directory* directory_;
    std::uint64_t seen_ = 0;
    SnapshotPtr snapshot_;
  };

 private:
  std::shared_ptr<Snapshot> copy() const;
  void publish(std::shared_ptr<Snapshot> next);
  void free_replaced();
  bool apply(Snapshot& snapshot, Application application) const;
  bool bury(Snapshot& snapshot, Uuid id);
  static bool erase(Snapshot& snapshot, Uuid id);

  mutable std::mutex pointer_mutex_;  // only to copy or swap `current_`
  SnapshotPtr current_;
  std::atomic<std::uint64_t> published_{0};

  std::mutex write_mutex_;  // writers, one at a time
  // Kept until no reader holds them: a writer frees them, not the thread of a call, which it would hold up.
  std::vector<SnapshotPtr> replaced_;
  // The last limits::kDeletedApplicationsMax that were deleted, by whatever process. Ids are never used
  // again, and whoever read an application before its deletion must not bring it back.
  std::unordered_set<Uuid> removed_;
  std::deque<Uuid> removed_in_order_;

  std::mutex refresh_mutex_;
  std::uint64_t store_counter_ = 0;
};

}  // namespace portico::account
