// What the fuzzer was given goes through the same function here.
#include "fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_rtcp
#include "../../../fuzz/rtcp/rtcp.cc"
#undef LLVMFuzzerTestOneInput

namespace portico::rtp {
namespace {

TEST(RtpFuzzCorpus, CompoundsHold) { EXPECT_GT(replay("rtcp", fuzz_rtcp), 8U); }

}  // namespace
}  // namespace portico::rtp
