// What the fuzzer was given goes through the same function here.
#include "fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_log_line
#include "../../../fuzz/log_line/log_line.cc"
#undef LLVMFuzzerTestOneInput

namespace {

TEST(LogLineFuzzCorpus, Holds) { EXPECT_GE(portico::replay("log_line", fuzz_log_line), 3U); }

}  // namespace
