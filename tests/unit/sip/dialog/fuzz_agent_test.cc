// The agent's fuzz corpus goes through the same function here.
#include "fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_sip_agent
#include "../../../../fuzz/sip_agent/sip_agent.cc"
#undef LLVMFuzzerTestOneInput

namespace {

TEST(SipAgentFuzzCorpus, ScriptsHold) { EXPECT_GE(portico::replay("sip_agent", fuzz_sip_agent), 10U); }

}  // namespace
