#pragma once
// What the handlers of our APIs need from the rest of the process; filled by portico/. Handlers are plain
// functions of (Services, Request): they run on worker threads and may block on the store.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/deployment.h"
#include "account/directory.h"
#include "account/store.h"
#include "base/time.h"

namespace portico::call {
class Registry;
}

namespace portico::api {

struct Services {
  account::Store& store;
  account::Directory& directory;
  account::Deployment deployment;
  std::function<Now()> clock = read_clocks;

  std::string public_url;     // "https://voice.example.org", for links; empty: taken from the request's Host
  bool basic_auth = true;     // HTTP Basic besides bearer tokens
  std::string region = "US";  // of this node
  bool require_tls = false;   // of the deployment, for `explain`
  bool hide_applications = false;

  // Calls of this process; null: no call can be changed from here.
  const call::Registry* calls = nullptr;

  // The record of a call that has ended and is not in the store yet.
  std::function<std::optional<account::CallRecord>(std::string_view account_id, std::string_view call_id)>
      unwritten_call;

  // The file of a recording or transcript; nothing when it is gone.
  std::function<std::optional<std::filesystem::path>(std::string_view object_key)> object_path;
  // Removes such files; unavailable when one of them is still there.
  std::function<Result<void>(const std::vector<std::string>& object_keys)> forget_objects;

  std::function<std::vector<std::string>()> not_ready;                     // reasons; empty: ready
  std::function<std::uint64_t(std::string_view account_id)> queued_calls;  // outbound, waiting for their turn
};

}  // namespace portico::api
