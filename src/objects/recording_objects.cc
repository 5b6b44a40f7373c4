#include "objects/recording_objects.h"

namespace portico::objects {

std::string RecordingObjects::staging_path(std::string_view recording_id, std::string_view file_format) {
  return store_.staging_path(std::string(recording_id) + "." + std::string(file_format)).string();
}

void RecordingObjects::store_recording(call::RequestId request, std::string staging_path,
                                       std::string object_key, call::Sender answers) {
  auto job = [&store = store_, request, staged = std::move(staging_path), key = std::move(object_key),
              answers] {
    answers.post(call::RecordingStored{.request = request, .bytes = store.put(staged, key)});
  };
  if (workers_.run(std::move(job))) return;
  answers.post(
      call::RecordingStored{.request = request, .bytes = fail(Code::busy, "too much work is waiting")});
}

}  // namespace portico::objects
