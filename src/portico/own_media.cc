#include "portico/own_media.h"

namespace portico::app {

Result<std::string> own_object(account::Store& store, std::string_view account_id, std::string_view url) {
  constexpr std::string_view kTail = "/media";
  constexpr std::string_view kBefore = "/recordings/";
  const auto owner = "/accounts/" + std::string(account_id) + "/";
  const auto at = url.rfind(kBefore);
  if (!url.ends_with(kTail) || at == std::string_view::npos || url.find(owner) == std::string_view::npos) {
    return fail(Code::not_found, "no recording of this account has that media URL");
  }
  const auto id = url.substr(at + kBefore.size(), url.size() - kTail.size() - at - kBefore.size());
  auto recording = store.recording(account_id, id);
  if (!recording) return fail(recording.error());
  if (recording->object_key.empty()) return fail(Code::not_found, "the recording has no media");
  return recording->object_key;
}

}  // namespace portico::app
