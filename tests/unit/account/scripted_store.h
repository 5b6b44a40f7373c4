#pragma once
// A store that answers change questions from what the test put in, and nothing else.

#include <functional>

#include "account/store.h"

namespace portico::account {

class ScriptedStore : public Store {
 public:
  Changes changes;
  bool down = false;
  std::function<void()> before_answer;  // runs while a refresh is under way
  std::uint64_t asked_since = 0;

  Result<std::uint64_t> change_counter() override {
    if (down) return fail(Code::unavailable, "store is down");
    return changes.counter;
  }
  Result<Changes> changes_since(std::uint64_t counter) override {
    asked_since = counter;
    const Changes answer = changes;
    if (before_answer) before_answer();
    return answer;
  }

  Result<void> put_account(const Account&) override { return no(); }
  Result<void> put_account(const Account&, const Client&) override { return no(); }
  Result<Account> account(std::string_view) override { return no(); }
  Result<std::vector<Account>> accounts() override { return no(); }
  Result<void> put_client(const Client&) override { return no(); }
  Result<Client> client(std::string_view) override { return no(); }
  Result<std::vector<Client>> clients(std::string_view) override { return no(); }
  Result<void> delete_client(std::string_view) override { return no(); }
  Result<void> put_token(const Token&) override { return no(); }
  Result<Token> token(std::string_view, WallTime) override { return no(); }
  Result<void> insert_application(const Application&) override { return no(); }
  Result<Application> application(std::string_view, std::string_view) override { return no(); }
  Result<void> update_application(const Application&, std::uint64_t) override { return no(); }
  Result<void> delete_application(std::string_view, std::string_view, std::optional<std::uint64_t>) override {
    return no();
  }
  Result<Page<Application>> list_applications(std::string_view, const PageRequest&) override { return no(); }
  Result<void> put_number(const Number&) override { return no(); }
  Result<void> delete_number(std::string_view) override { return no(); }
  Result<std::vector<Number>> numbers(std::string_view) override { return no(); }
  Result<std::string> server_secret(std::string_view, std::size_t) override { return no(); }
  Result<CallRecord> call(std::string_view, std::string_view) override { return no(); }
  Result<Page<CallRecord>> list_calls(const CallFilter&, const PageRequest&) override { return no(); }
  Result<RecordingRecord> recording(std::string_view, std::string_view) override { return no(); }
  Result<std::vector<RecordingRecord>> list_recordings(const RecordingFilter&, std::size_t) override {
    return no();
  }
  Result<void> delete_recording(std::string_view, std::string_view) override { return no(); }
  Result<void> forget_media(std::string_view, std::string_view) override { return no(); }
  Result<void> forget_transcription(std::string_view, std::string_view) override { return no(); }
  Result<std::vector<CallRecord>> open_calls(std::string_view, std::size_t) override { return no(); }
  Result<std::vector<RecordingRecord>> open_recordings(std::string_view, std::size_t) override {
    return no();
  }
  Result<Page<AdmissionRow>> list_admissions(std::string_view, const PageRequest&) override { return no(); }
  Result<Page<WebhookExchange>> list_webhooks(const WebhookFilter&, const PageRequest&) override {
    return no();
  }
  Result<void> write(std::span<const Write>) override { return no(); }
  Result<void> outbox_unclaim(WallTime) override { return no(); }
  Result<std::vector<OutboxItem>> outbox_claim(WallTime, WallTime, std::size_t) override { return no(); }
  Result<void> outbox_done(std::string_view) override { return no(); }
  Result<void> outbox_retry(std::string_view, std::uint32_t, WallTime) override { return no(); }
  Result<std::uint64_t> outbox_size() override { return no(); }
  Result<std::vector<ExpiredRecording>> expire(const Expiry&) override { return no(); }
  Result<void> forget_recordings(std::span<const std::string>) override { return no(); }

 private:
  static Unexpected no() { return fail(Code::unsupported, "not scripted"); }
};

}  // namespace portico::account
