// What the fuzzer was given goes through the same function here.
#include "fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_telephone_event
#include "../../../fuzz/telephone_event/telephone_event.cc"
#undef LLVMFuzzerTestOneInput

namespace portico::rtp {
namespace {

TEST(RtpFuzzCorpus, DigitsHold) { EXPECT_GT(replay("telephone_event", fuzz_telephone_event), 8U); }

}  // namespace
}  // namespace portico::rtp
