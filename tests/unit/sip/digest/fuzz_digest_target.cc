// The digest fuzzer's function under a name of its own: one binary holds one LLVMFuzzerTestOneInput.

#define LLVMFuzzerTestOneInput fuzz_sip_digest
#include "../../../../fuzz/sip_digest/sip_digest.cc"
