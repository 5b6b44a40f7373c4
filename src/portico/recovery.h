#pragma once
// After a crash: calls that this node was carrying when it died get their end, so that each call has one
// `disconnect` whatever happened (contract webhooks.md section 3), and their recordings are kept as far as
// they go. Blocks on the store and the disk: before the node takes calls.

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
  std::string node;
  std::string base_url;
  WallTime now;
};

// Ends every call in the store that is not disconnected and was this node's; tells the applications. Returns
// how many there were.
Result<std::size_t> end_orphaned_calls(const Recovery& recovery);
// Finishes every recording that was this node's: `partial` with the sound that had reached the disk, `error`
// without any; tells `recordingAvailable` where it was wanted. What is left in the staging directory then
// belongs to nobody and goes. Returns how many recordings there were.
Result<std::size_t> finish_orphaned_recordings(const Recovery& recovery);

}  // namespace portico::app
