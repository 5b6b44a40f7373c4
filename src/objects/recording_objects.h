#pragma once
// call::Objects on files: staging and storing of recordings, on workers.

#include "async/workers.h"
#include "call/ports.h"
#include "objects/file_store.h"

namespace portico::objects {

class RecordingObjects final : public call::Objects {
 public:
  // Both must outlive this, and the workers' last job.
  RecordingObjects(const FileStore& store, async::Workers& workers) : store_(store), workers_(workers) {}

  std::string staging_path(std::string_view recording_id, std::string_view file_format) override;
  void store_recording(call::RequestId request, std::string staging_path, std::string object_key,
                       call::Sender answers) override;

 private:
  const FileStore& store_;
  async::Workers& workers_;
};

}  // namespace portico::objects
