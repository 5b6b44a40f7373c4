#include <gmock/gmock.h>

#include "call/call_fixture.h"

namespace portico::call {
namespace {

class SendDtmfTest : public CallTest {};

TEST_F(SendDtmfTest, SendsItsTonesAndItsPausesAsLongAsItSays) {
  start_answered("<Response><SendDtmf toneDuration=\"150\" toneInterval=\"350\">1W#</SendDtmf></Response>");
  const auto sent = std::find_if(media_.commands.begin(), media_.commands.end(), [](const auto& command) {
    return std::holds_alternative<media::SendDigits>(command);
  });
  ASSERT_NE(sent, media_.commands.end());
  const auto& digits = std::get<media::SendDigits>(*sent);
  EXPECT_EQ(digits.digits, "1W#");
  EXPECT_EQ(digits.tone_duration, 150ms);
  EXPECT_EQ(digits.tone_interval, 350ms);
}

TEST_F(SendDtmfTest, IsCutShortByANewDocumentWhoseDigitsAreItsOwn) {
  media_.sends_digits_at_once = false;
  start_answered("<Response><SendDtmf>1WWWWWWWW2</SendDtmf></Response>");
  loop_.run_for(2s);
  call_->sender().post(ReplaceDocument{"<Response><SendDtmf>9</SendDtmf><Hangup/></Response>"});
  loop_.run_ready();
  EXPECT_EQ(media_.count<media::StopDigits>(), 1U);
  ASSERT_EQ(media_.count<media::SendDigits>(), 2U);
  EXPECT_FALSE(ended()) << "the end of the first is not that of the second";
  media_.digits_sent(media_.digits);
  loop_.run_ready();
  EXPECT_TRUE(ended());
  EXPECT_EQ(cause(), "hangup");
}

TEST_F(SendDtmfTest, ThatCannotBeSentIsAnApplicationError) {
  media_.sends_digits_at_once = false;
  start_answered("<Response><SendDtmf>12</SendDtmf></Response>");
  media_.digits_sent(media_.digits, false);
  loop_.run_ready();
  EXPECT_EQ(cause(), "application-error");
}

}  // namespace
}  // namespace portico::call
