#pragma once
// Where rooms meet: the calls' ports (call/ports.h) on the rooms that implement them. Any thread.

#include "call/ports.h"
#include "medianode/media_node.h"
#include "store/write_behind.h"

namespace portico::app {

class MediaPort final : public call::Media {
 public:
  explicit MediaPort(medianode::MediaNode& node) : node_(node) {}
  void open(const Open& request, call::Sender events) override;
  void send(media::Command command) override { node_.send(std::move(command)); }

 private:
  medianode::MediaNode& node_;
};

class StoredRecords final : public call::Records {
 public:
  explicit StoredRecords(store::WriteBehind& writes) : writes_(writes) {}
  void save(const account::CallRecord& record) override;
  void save(const account::RecordingRecord& record) override;

 private:
  store::WriteBehind& writes_;
};

// Hands a write to the store's queue; a full queue is counted and logged, the caller goes on.
bool submit(store::WriteBehind& writes, account::Write write);

}  // namespace portico::app
