// What the fuzzer was given goes through the same function here.
#include "fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_http_fields
#include "../../../fuzz/http_fields/http_fields.cc"
#undef LLVMFuzzerTestOneInput

namespace {

TEST(HttpFieldsFuzzCorpus, Holds) { EXPECT_GE(portico::replay("http_fields", fuzz_http_fields), 3U); }

}  // namespace
