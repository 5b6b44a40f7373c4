// What the fuzzer was given goes through the same function here.
#include "fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_sdp
#include "../../../fuzz/sdp/sdp.cc"
#undef LLVMFuzzerTestOneInput

namespace {

TEST(SdpFuzzCorpus, DescriptionsHold) { EXPECT_GT(portico::replay("sdp", fuzz_sdp), 8U); }

}  // namespace
