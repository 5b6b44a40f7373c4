// What the fuzzer was given goes through the same function here.
#include "fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_caller
#include "../../../fuzz/caller/caller.cc"
#undef LLVMFuzzerTestOneInput

namespace {

TEST(CallerFuzzCorpus, Holds) { EXPECT_GE(portico::replay("caller", fuzz_caller), 3U); }

}  // namespace
