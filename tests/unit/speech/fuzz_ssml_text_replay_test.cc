// What the fuzzer was given goes through the same function here.
#include "fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_ssml_text
#include "../../../fuzz/ssml_text/ssml_text.cc"
#undef LLVMFuzzerTestOneInput

namespace {

TEST(SsmlTextFuzzCorpus, Holds) { EXPECT_GE(portico::replay("ssml_text", fuzz_ssml_text), 3U); }

}  // namespace
