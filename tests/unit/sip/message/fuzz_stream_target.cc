// The stream fuzzer's function under a name of its own: one binary holds one LLVMFuzzerTestOneInput.

#define LLVMFuzzerTestOneInput fuzz_sip_stream
#include "../../../../fuzz/sip_stream/sip_stream.cc"
