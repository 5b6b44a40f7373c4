// The agent's fuzz corpus goes through the same function here.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#define LLVMFuzzerTestOneInput fuzz_sip_agent
#include "../../../../fuzz/sip_agent/sip_agent.cc"

namespace {

TEST(SipAgentFuzzCorpus, ScriptsHold) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(PORTICO_FUZZ_DIR "/sip_agent/corpus")) {
    SCOPED_TRACE(file.path().string());
    std::ifstream in(file.path(), std::ios::binary);
    const std::string script{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(fuzz_sip_agent(reinterpret_cast<const std::uint8_t*>(script.data()), script.size()), 0);
    ++files;
  }
  EXPECT_GE(files, 10U);
}

}  // namespace
