#include "objects/recording_objects.h"

#include "async/workers.h"

namespace portico::objects {

std::string RecordingObjects::staging_path(std::string_view recording_id, std::string_view file_format) {
  return store_.staging_path(std::string(recording_id) + "." + std::string(file_format)).string();
}

void RecordingObjects::store_recording(call::RequestId request, call::StagedRecording staged,
                                       call::Sender answers) {
  const auto line = staged.call_id;
  auto job = [&store = store_, waiting = waiting_, request, staged = std::move(staged), answers] {
    --*waiting;
    answers.post(
        call::RecordingStored{.request = request, .bytes = store.put(staged.path, staged.object_key)});
  };
  if (waiting_->fetch_add(1) < async::Workers::kQueuedMax && turns_.run(line, std::move(job))) return;
  --*waiting_;
  answers.post(
      call::RecordingStored{.request = request, .bytes = fail(Code::busy, "too much work is waiting")});
}

}  // namespace portico::objects
