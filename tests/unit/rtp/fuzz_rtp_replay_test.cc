// What the fuzzer was given goes through the same function here.
#include "fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_rtp
#include "../../../fuzz/rtp/rtp.cc"
#undef LLVMFuzzerTestOneInput

namespace portico::rtp {
namespace {

TEST(RtpFuzzCorpus, PacketsHold) { EXPECT_GT(replay("rtp", fuzz_rtp), 8U); }

}  // namespace
}  // namespace portico::rtp
