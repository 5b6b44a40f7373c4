#include "http/client.h"

#include <curl/curl.h>

#include <array>
#include <mutex>

#include "http/client_core.h"

namespace portico::http {

std::string_view failure_name(FetchFailure failure) {
  static constexpr std::array<std::string_view, 9> kNames{
      "resolve", "connect", "tls", "timeout", "too_large", "protocol", "refused_target", "busy", "cancelled"};
  return kNames.at(static_cast<std::size_t>(failure));
}

Client::Client(ClientOptions options) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  core_ = std::make_unique<Core>(std::move(options));
}

Client::~Client() = default;

void Client::fetch(Fetch request, FetchDone done) { core_->fetch(std::move(request), std::move(done)); }

void Client::fetch(Fetch request, async::Loop& loop, FetchDone done) {
  core_->fetch(std::move(request), [&loop, done = std::move(done)](FetchOutcome outcome) {
    loop.post([done, outcome = std::move(outcome)]() mutable { done(std::move(outcome)); });
  });
}

void Client::after(Millis delay, std::function<void()> run) { core_->after(delay, std::move(run)); }
std::size_t Client::pending() const { return core_->pending(); }
std::uint64_t Client::connections_opened() const { return core_->connections_opened(); }

}  // namespace portico::http
