// What the fuzzers were given goes through the same functions here.

#include "fuzz_corpus.h"

#define LLVMFuzzerTestOneInput fuzz_sip_message
#include "../../../../fuzz/sip_message/sip_message.cc"
#undef LLVMFuzzerTestOneInput

extern "C" int fuzz_sip_stream(const std::uint8_t* bytes, std::size_t size);
extern "C" int fuzz_sip_digest(const std::uint8_t* bytes, std::size_t size);

namespace {

TEST(SipFuzzCorpus, MessagesHold) { EXPECT_GT(portico::replay("sip_message", fuzz_sip_message), 40U); }
TEST(SipFuzzCorpus, StreamsHold) { EXPECT_GT(portico::replay("sip_stream", fuzz_sip_stream), 4U); }
TEST(SipFuzzCorpus, DigestsHold) { EXPECT_GT(portico::replay("sip_digest", fuzz_sip_digest), 4U); }

}  // namespace
