#pragma once
// Full rows for round trips, and a store in a file of its own.

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>

#include "account/store.h"
#include "store/open.h"

namespace portico::store::samples {

inline constexpr WallTime kNoon{Millis{1'785'000'000'000}};

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "portico-store-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file() const { return path_ + "/portico.db"; }
  std::string url() const { return "sqlite:" + file(); }

 private:
  std::string path_;
};

inline std::string uuid(int n) {
  const std::string digits = std::to_string(n);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

inline account::Account account(std::string id = "9900000") {
  return {.id = std::move(id),
          .name = "Acme",
          .limits = {.concurrent_calls = 7, .calls_per_second = 3},
          .created = kNoon};
}

inline account::Client client(std::string id = "CLI-1") {
  return {.id = std::move(id),
          .account_id = "9900000",
          .name = "ci",
          .secret_sha256 = "ab",
          .roles = {account::Role::voice, account::Role::operations},
          .created = kNoon};
}

inline account::Application application(int n = 1) {
  return {.id = uuid(n),
          .account_id = "9900000",
          .name = "Lobby 'ü' \"",
          .inbound_sip_enabled = true,
          .password_auth_enabled = true,
          .allowed_sources = {Cidr{0xCB007100, 24}, Cidr{0, 0}},
          .allowed_regions = {"US", "EU, \"west\""},
          .sip_user = uuid(1000 + n),
          .digest = {.realm = "r", .ha1_sha256 = "s", .ha1_md5 = "m"},
          .require_tls = true,
          .require_srtp = true,
          .callbacks = {.initiated_url = "https://example.org/a",
                        .initiated_method = account::Method::get,
                        .initiated_fallback_url = "https://example.org/b",
                        .initiated_fallback_method = account::Method::get,
                        .initiated_fallback_credentials = account::BasicCredentials{"fu", "fp"},
                        .status_url = "https://example.org/c",
                        .status_method = account::Method::get,
                        .credentials = account::BasicCredentials{"u", ""},
                        .timeout = 2500ms},
          .inline_bxml = "<Response/>",
          .created = kNoon + Millis(n),
          .updated = kNoon + Millis(n),
          .version = 1};
}

inline account::CallRecord call(int n = 1) {
  return {.call_id = "c-00000000-" + uuid(n),
          .account_id = "9900000",
          .application_id = uuid(1),
          .parent_call_id = "c-00000000-" + uuid(99),
          .to = "sip:x@y",
          .from = "+1555",
          .direction = account::Direction::outbound,
          .state = "answered",
          .stir_shaken = {{"verstat", "TN-Validation-Passed"}},
          .identity = "eyJ",
          .created = kNoon + Millis(n),
          .enqueued = kNoon,
          .started = kNoon + Millis(n),
          .answered = kNoon + 1s,
          .ended = kNoon + 2s,
          .disconnect_cause = "hangup",
          .error_message = "m",
          .error_id = "e",
          .last_update = kNoon + 2s,
          .tag = "order=8",
          .sip_call_id = "abc@host",
          .node = "n1",
          .media_encryption = "srtp"};
}

inline account::RecordingRecord recording(int n = 1) {
  return {.recording_id = "r-00000000-" + uuid(n),
          .account_id = "9900000",
          .application_id = uuid(1),
          .call_id = call(1).call_id,
          .conference_id = "",
          .parent_call_id = "p",
          .to = "sip:x@y",
          .from = "+1555",
          .transfer_caller_id = "t",
          .transfer_to = "u",
          .direction = account::Direction::inbound,
          .duration = 13670ms,
          .channels = 2,
          .started = kNoon + Millis(n),
          .ended = kNoon + 14s,
          .file_format = "mp3",
          .status = "complete",
          .object_key = "recordings/" + std::to_string(n),
          .media_bytes = 12345,
          .name = "name",
          .transcription = account::TranscriptionState{.id = "t-1",
                                                       .status = "available",
                                                       .completed = kNoon,
                                                       .object_key = "transcripts/" + std::to_string(n)}};
}

inline account::AdmissionRow admission(int n = 1) {
  return {.time = kNoon + Millis(n),
          .account_id = "9900000",
          .application_id = uuid(1),
          .source = {IpAddress::v4(0xCB007109), 5060},
          .transport = "udp",
          .region = "US",
          .sip_call_id = "abc-" + std::to_string(n),
          .from = "<sip:a@b>",
          .step = 7,
          .reason = "source-not-allowed",
          .answer = 403,
          .explanation = "no"};
}

inline account::WebhookExchange exchange(int n = 1) {
  return {.time = kNoon + Millis(n),
          .account_id = "9900000",
          .application_id = uuid(1),
          .call_id = "c-" + std::to_string(n % 2),
          .event = "initiate",
          .url = "https://example.org/a",
          .method = account::Method::get,
          .status = 200,
          .latency = 15ms,
          .attempt = 2,
          .fallback = true,
          .request_body = "{}",
          .response_body = "<Response/>",
          .error = "slow"};
}

inline account::OutboxItem item(int n, std::string key) {
  return {.id = uuid(n),
          .account_id = "9900000",
          .application_id = uuid(1),
          .call_id = "c-1",
          .event = "disconnect",
          .ordering_key = std::move(key),
          .url = "https://example.org/d",
          .method = account::Method::post,
          .credentials = account::BasicCredentials{"u", "p"},
          .fallback_url = "https://example.org/e",
          .fallback_method = account::Method::get,
          .fallback_credentials = std::nullopt,
          .content_type = "application/json",
          .body = "{\"n\":" + std::to_string(n) + "}",
          .timeout = 5s,
          .attempts = 0,
          .created = kNoon,
          .not_before = kNoon};
}

// Inserts the account that clients and applications refer to.
inline std::unique_ptr<account::Store> open(const std::string& url) {
  auto opened = open_store(url);
  if (!opened) return nullptr;
  if (!(*opened)->put_account(account())) return nullptr;
  return std::move(*opened);
}

}  // namespace portico::store::samples
