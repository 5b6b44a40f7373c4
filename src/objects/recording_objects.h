#pragma once
// call::Objects on files: staging and storing of recordings, on workers.

#include <atomic>
#include <memory>

#include "async/turns.h"
#include "call/ports.h"
#include "objects/file_store.h"

namespace portico::objects {

class RecordingObjects final : public call::Objects {
 public:
  // Both must outlive this, and the workers' last job. Two of the workers have work at a time at most.
  RecordingObjects(const FileStore& store, async::Executor& workers) : store_(store), turns_(workers, 2, 1) {}

  std::string staging_path(std::string_view recording_id, std::string_view file_format) override;
  void store_recording(call::RequestId request, call::StagedRecording staged, call::Sender answers) override;

 private:
  const FileStore& store_;
  std::shared_ptr<std::atomic<std::size_t>> waiting_ = std::make_shared<std::atomic<std::size_t>>(0);
  async::Turns turns_;  // by call
};

}  // namespace portico::objects
