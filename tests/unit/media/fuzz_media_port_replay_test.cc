// What the fuzzer was given goes through the same function here.
#include "fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_media_port
#include "../../../fuzz/media_port/media_port.cc"
#undef LLVMFuzzerTestOneInput

namespace {

TEST(MediaPortFuzzCorpus, Holds) { EXPECT_GE(portico::replay("media_port", fuzz_media_port), 10U); }

}  // namespace
