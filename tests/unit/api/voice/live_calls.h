#pragma once
// Calls under way, on a thread of their own: they take every change, or refuse it as the test says.

#include <deque>
#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "async/inbox.h"
#include "async/scope.h"
#include "call/registry.h"
#include "net/io_loop.h"

namespace portico::api {

class LiveCalls {
 public:
  explicit LiveCalls(std::initializer_list<account::CallRecord> calls) {
    for (const auto& record : calls) {
      auto& inbox = inboxes_.emplace_back(loop_);
      scope_.start(answer_all(inbox, record));
      registry_.add(record.call_id, record.account_id, inbox.sender());
    }
    loop_.start();
  }
  ~LiveCalls() {
    loop_.stop();
    loop_.join();
  }
  LiveCalls(const LiveCalls&) = delete;
  LiveCalls& operator=(const LiveCalls&) = delete;

  // Between two requests.
  void refuse_with(Error error) { refusal_ = std::move(error); }
  const std::vector<std::string>& urls() const { return urls_; }  // of the redirects that were wanted
  const std::vector<bool>& paused() const { return paused_; }     // what recordings were told

  const call::Registry& registry() const { return registry_; }

 private:
  async::Task<> answer_all(async::Inbox<call::Event>& inbox, account::CallRecord record) {
    for (;;) {
      auto event = co_await inbox.receive();
      if (const auto* look = std::get_if<call::Look>(&*event)) look->record->set_value(record);
      if (const auto* boxed = std::get_if<call::Boxed<call::Redirect>>(&*event)) {
        const auto* const redirect = boxed->held.get();
        urls_.push_back(redirect->url);
        answer(redirect->taken);
      }
      if (const auto* complete = std::get_if<call::Complete>(&*event)) answer(complete->taken);
      if (const auto* replace = std::get_if<call::ReplaceDocument>(&*event)) answer(replace->taken);
      if (const auto* state = std::get_if<call::SetRecordingState>(&*event)) {
        paused_.push_back(state->paused);
        answer(state->taken);
      }
    }
  }
  void answer(const call::Reply<Result<void>>& reply) const {
    reply->set_value(refusal_ ? Result<void>(fail(*refusal_)) : Result<void>());
  }

  net::IoLoop loop_{"live-calls"};
  call::Registry registry_;
  std::optional<Error> refusal_;
  std::vector<std::string> urls_;
  std::vector<bool> paused_;
  std::deque<async::Inbox<call::Event>> inboxes_;
  async::Scope scope_{loop_};
};

}  // namespace portico::api
