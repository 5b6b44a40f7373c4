// What the fuzzers were given goes through the same functions here.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#define LLVMFuzzerTestOneInput fuzz_sip_message
#include "../../../../fuzz/sip_message/sip_message.cc"
#undef LLVMFuzzerTestOneInput

extern "C" int fuzz_sip_stream(const std::uint8_t* bytes, std::size_t size);
extern "C" int fuzz_sip_digest(const std::uint8_t* bytes, std::size_t size);

namespace {

std::size_t replay(const std::string& folder, int (*target)(const std::uint8_t*, std::size_t)) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(file.path().string());
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++files;
  }
  return files;
}

TEST(SipFuzzCorpus, MessagesHold) {
  EXPECT_GT(replay(PORTICO_FUZZ_DIR "/sip_message/corpus", fuzz_sip_message), 40U);
}
TEST(SipFuzzCorpus, StreamsHold) {
  EXPECT_GT(replay(PORTICO_FUZZ_DIR "/sip_stream/corpus", fuzz_sip_stream), 4U);
}
TEST(SipFuzzCorpus, DigestsHold) {
  EXPECT_GT(replay(PORTICO_FUZZ_DIR "/sip_digest/corpus", fuzz_sip_digest), 4U);
}

}  // namespace
