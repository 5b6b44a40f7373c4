// A call from its INVITE to its end, once for each allocation of it and of its ports, with that one failing:
// it ends, its media port is closed, and its leg is told. Where its own end fails, whoever hosts it is told
// by the exception (Pump::abandon).

#include "call/call_fixture.h"
#include "scarce_memory/memory.h"

namespace portico::call {
namespace {

constexpr const char* kDocument =
    "<Response><Tag>a tag that is too long to be kept within a string</Tag>"
    "<StartRecording recordingAvailableUrl='/available'/>"
    "<StartGather dtmfUrl='/dtmf'/><Pause duration='1'/><StopGather/>"
    "<Gather gatherUrl='/gather' maxDigits='1'><SpeakSentence>Hello, whoever you "
    "are.</SpeakSentence></Gather>"
    "</Response>";

class ScarceMemory : public CallTest {
 protected:
  // What fails around the call is lost: a message, a timer.
  template <typename Step>
  static void attempt(Step step) {
    try {
      step();
    } catch (const std::bad_alloc&) {
    }
  }
};

class ScarceMemoryFor : public ScarceMemory, public testing::WithParamInterface<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Allocations, ScarceMemoryFor, testing::Values(1, 2, 3, 5, 10, 30));

TEST_P(ScarceMemoryFor, EndsACallWhicheverFail) {
  webhooks_.replies["/gather"] =
      "<Response><PlayAudio>http://app.example/a.wav</PlayAudio><Pause duration='60'/></Response>";
  webhooks_.replies["/redirect"] = "<Response/>";
  std::size_t n = 0;
  scarce::Use use;
  do {
    ++n;
    leg_.said.clear();
    media_.commands.clear();
    media_.opened = 0;
    broken_ = false;
    scarce::watch(n, GetParam());
    attempt([&] { start_answered(kDocument); });
    attempt([&] { digit('1'); });
    attempt([&] { loop_.run_for(1500ms); });
    attempt([&] { digit('2'); });
    attempt([&] { loop_.run_for(5s); });
    attempt([&] {
      if (call_) call_->sender().post(Redirect{.url = "http://app.example/redirect"});
    });
    attempt([&] { loop_.run_for(1s); });
    use = scarce::stop_watching();
    if (call_) hang_up_by_peer();
    loop_.run_for(60s);
    ASSERT_TRUE(ended()) << "allocation " << n;
    // Where closing found no memory twice in a row, nobody does it any more.
    if (GetParam() == 1) EXPECT_GE(media_.count<media::Close>(), media_.opened) << "allocation " << n;
  } while (n <= use.allocations);
  EXPECT_GT(n, 300U) << "the call did not come far";
  EXPECT_EQ(leg_.said, (std::vector<std::string>{"answer", "bye"})) << "with memory";
  EXPECT_EQ(webhooks_.asked_types().back(), "redirect");
}

}  // namespace
}  // namespace portico::call
