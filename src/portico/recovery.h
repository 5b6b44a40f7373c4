#pragma once
// After a crash: calls that the last process was carrying when it died get their end, so that each call has
// one `disconnect` whatever happened (contract webhooks.md section 3), and their recordings are kept as far
// as they go. Under whatever node name: that defaults to the host's name, which a container's successor does
// not share, and a store has one process. Blocks on the store and the disk: before the node takes calls.

#include <atomic>
#include <set>
#include <string>

#include "account/directory.h"
#include "account/store.h"
#include "call/ports.h"
#include "objects/file_store.h"

namespace portico::app {

struct Recovery {
  account::Store& store;
  const account::Directory& directory;
  const objects::FileStore& objects;
  call::Webhooks& webhooks;
  call::Records& records;
  std::string base_url;
  WallTime now;
};

// Ends every call in the store that is not disconnected; tells the applications. Returns
// how many there were.
Result<std::size_t> end_orphaned_calls(const Recovery& recovery);
// Finishes every recording that is `processing`: `partial` with the sound that had reached the disk, `error`
// without any; tells `recordingAvailable` where it was wanted. What is left in the staging directory then
// belongs to nobody and goes. Returns how many recordings there were.
Result<std::size_t> finish_orphaned_recordings(const Recovery& recovery);
// The same in the middle of a life, for what its call let go five minutes ago because it could not be stored
// or closed then: `complete` where the call had seen it closed. Only when nothing waits to be written: a
// recording that was finished and is not in the store yet would be told again. What is `unfinished` waits for
// the next time: a disk that hung for longer may still get its sound. Ends early once `stopping`.
Result<std::size_t> finish_left_recordings(const Recovery& recovery, const std::set<std::string>& unfinished,
                                           const std::atomic<bool>& stopping);

}  // namespace portico::app
