// What the call says to the REST API: contract voice-api.md sections 2.3 to 2.5 and 4.

#include <gmock/gmock.h>

#include <future>

#include "call/call_fixture.h"

namespace portico::call {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ApiChanges : public CallTest {
 protected:
  template <typename Change>
  Result<void> want(Change change) {
    change.taken = std::make_shared<std::promise<Result<void>>>();
    auto answer = change.taken->get_future();
    call_->sender().post(std::move(change));
    loop_.run_ready();
    return answer.get();
  }
  template <typename Change>
  Code refusal(Change change) {
    const auto taken = want(std::move(change));
    return taken ? Code::internal : taken.error().code;
  }
};

TEST_F(ApiChanges, ALiveCallShowsItsRecord) {
  start();
  auto promise = std::make_shared<std::promise<account::CallRecord>>();
  auto record = promise->get_future();
  call_->sender().post(Look{promise});
  loop_.run_ready();
  const auto seen = record.get();
  EXPECT_EQ(seen.call_id, call_->id());
  EXPECT_EQ(seen.state, "initiated");
}

TEST_F(ApiChanges, NothingReplacesTheFirstDocumentBeforeItCame) {
  start();
  EXPECT_EQ(refusal(Redirect{.url = "http://app.example/other"}), Code::conflict);
  EXPECT_EQ(refusal(ReplaceDocument{"<Response><Gather gatherUrl=\"/g\"/></Response>"}), Code::conflict);
  webhooks_.reply("<Response><Ring answerCall=\"false\" duration=\"30\"/></Response>");
  loop_.run_ready();
  EXPECT_THAT(webhooks_.asked_types(), ElementsAre("initiate"));
  EXPECT_THAT(leg_.said, ElementsAre("ring"));
}

TEST_F(ApiChanges, ARedirectAsksWhoItNamesWithTheCredentialsOfEach) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  EXPECT_TRUE(want(Redirect{.url = "http://app.example/other",
                            .method = "GET",
                            .fallback_url = "http://spare.example/other",
                            .fallback_method = "POST",
                            .username = "u",
                            .password = "p",
                            .fallback_username = "fu",
                            .fallback_password = "fp"}));
  const auto& asked = webhooks_.asked.back();
  EXPECT_EQ(asked.target.url, "http://app.example/other");
  EXPECT_EQ(asked.target.method, "GET");
  EXPECT_EQ(asked.target.username, "u");
  EXPECT_EQ(asked.target.password, "p");
  ASSERT_TRUE(asked.fallback);
  EXPECT_EQ(asked.fallback->url, "http://spare.example/other");
  EXPECT_EQ(asked.fallback->method, "POST");
  EXPECT_EQ(asked.fallback->username, "fu");
  EXPECT_EQ(asked.fallback->password, "fp");
}

TEST_F(ApiChanges, AnUnansweredCallIsRedirectedWhileItRings) {
  start("<Response><Ring answerCall=\"false\" duration=\"30\"/></Response>");
  EXPECT_TRUE(want(Redirect{.url = "http://app.example/other"}));
  EXPECT_THAT(webhooks_.asked_types(), ElementsAre("initiate", "redirect"));
}

TEST_F(ApiChanges, ABackendThatAnswersNothingIsAskedABoundedNumberOfQuestions) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  for (int i = 0; i < 100; ++i) (void)want(Redirect{.url = "http://app.example/other"});
  EXPECT_EQ(webhooks_.asked.size(), 1U + 16U);
  EXPECT_EQ(refusal(Redirect{.url = "http://app.example/other"}), Code::conflict);
  EXPECT_EQ(refusal(ReplaceDocument{"<Response/>"}), Code::conflict);
  call_->sender().post(
      WebhookAnswer{.request = webhooks_.last_request() - 15, .reply = fail(Code::timeout, "")});
  EXPECT_TRUE(want(Redirect{.url = "http://app.example/last"}))
      << "one of those that were given up has ended";
  webhooks_.reply("<Response><SendDtmf>1</SendDtmf></Response>");
  loop_.run_ready();
  EXPECT_EQ(media_.count<media::SendDigits>(), 1U);
  EXPECT_EQ(cause(), "hangup");
}

TEST_F(ApiChanges, RelativeUrlsMeanTheLastFetchedDocument) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  EXPECT_TRUE(want(Redirect{.url = "/goodbye", .fallback_url = "spare?x=1"}));
  ASSERT_EQ(webhooks_.asked.size(), 2U);
  EXPECT_EQ(webhooks_.asked[1].target.url, "http://app.example/goodbye");
  ASSERT_TRUE(webhooks_.asked[1].fallback);
  EXPECT_EQ(webhooks_.asked[1].fallback->url, "http://app.example/spare?x=1");
  EXPECT_EQ(refusal(Redirect{.url = "http://[x"}), Code::invalid);
}

// Valid under the URL of some application, and not under this call's: plain http beside credentials.
TEST_F(ApiChanges, ADocumentThatIsInvalidForThisCallIsRefusedAndTheCallGoesOn) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  const auto taken = want(ReplaceDocument{
      "<Response><Record recordCompleteUrl=\"/r\" username=\"u\" password=\"p\"/></Response>"});
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::invalid);
  EXPECT_THAT(taken.error().what, HasSubstr("Invalid BXML: line 1"));
  EXPECT_FALSE(ended());
  EXPECT_TRUE(want(ReplaceDocument{"<Response><SendDtmf>1</SendDtmf></Response>"}));
  EXPECT_EQ(media_.count<media::SendDigits>(), 1U);
  EXPECT_EQ(cause(), "hangup");
}

TEST_F(ApiChanges, AnEmptyDocumentIsRefusedAndTheCallGoesOn) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  for (const auto* text : {"", " \r\n", "\xEF\xBB\xBF"}) {
    EXPECT_EQ(refusal(ReplaceDocument{text}), Code::invalid) << '"' << text << '"';
  }
  EXPECT_FALSE(ended());
  EXPECT_TRUE(want(ReplaceDocument{"<Response/>"}));
  EXPECT_EQ(cause(), "hangup") << "who wants that says so";
}

TEST_F(ApiChanges, TheActiveRecordingIsPausedAndResumed) {
  start_answered("<Response><StartRecording/><Pause duration=\"600\"/></Response>");
  EXPECT_TRUE(want(SetRecordingState{.paused = true}));
  EXPECT_TRUE(want(SetRecordingState{.paused = true}));
  EXPECT_EQ(media_.count<media::PauseRecord>(), 1U);
  EXPECT_TRUE(want(SetRecordingState{.paused = false}));
  EXPECT_EQ(media_.count<media::ResumeRecord>(), 1U);
  EXPECT_FALSE(ended());
}

TEST_F(ApiChanges, OnlyAStartRecordingThatStillRunsHasAState) {
  start_answered("<Response><Record maxDuration=\"600\"/></Response>");
  EXPECT_EQ(refusal(SetRecordingState{.paused = true}), Code::not_found);
  EXPECT_TRUE(want(ReplaceDocument{"<Response><StartRecording/><Pause duration=\"600\"/></Response>"}));
  EXPECT_TRUE(want(SetRecordingState{.paused = true}));
  media_.recording = "another";  // ours is never closed: the call waits for it
  hang_up_by_peer();
  ASSERT_FALSE(ended());
  EXPECT_EQ(refusal(SetRecordingState{.paused = false}), Code::not_found);
}

TEST_F(ApiChanges, AnUnansweredCallIsCompletedByRefusingIt) {
  start();
  EXPECT_TRUE(want(Complete{}));
  EXPECT_THAT(leg_.said, ElementsAre("reject 603"));
}

TEST_F(ApiChanges, ACallThatEndsTakesNoChange) {
  start_answered("<Response><Record/></Response>");
  media_.recording = "another";  // ours is never closed: the call waits for it
  hang_up_by_peer();
  ASSERT_FALSE(ended());
  EXPECT_EQ(refusal(Complete{}), Code::conflict);
  EXPECT_EQ(refusal(Redirect{.url = "http://app.example/other"}), Code::conflict);
  EXPECT_EQ(refusal(ReplaceDocument{"<Response/>"}), Code::conflict);
}

TEST_F(ApiChanges, ACallThatIsGoneBreaksItsPromise) {
  start_answered("<Response><Pause duration=\"600\"/></Response>");
  hang_up_by_peer();
  Complete late{.taken = std::make_shared<std::promise<Result<void>>>()};
  auto answer = late.taken->get_future();
  call_->sender().post(std::move(late));
  scope_.start([](Call& call) -> async::Task<> { co_await call.pause(0s); }(*call_));
  call_.reset();
  EXPECT_THROW((void)answer.get(), std::future_error);
}

}  // namespace
}  // namespace portico::call
