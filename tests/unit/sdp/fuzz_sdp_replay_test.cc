// What the fuzzer was given goes through the same function here.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#define LLVMFuzzerTestOneInput fuzz_sdp
#include "../../../fuzz/sdp/sdp.cc"
#undef LLVMFuzzerTestOneInput

namespace portico::sdp {
namespace {

TEST(SdpFuzzCorpus, DescriptionsHold) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(PORTICO_FUZZ_DIR "/sdp/corpus")) {
    SCOPED_TRACE(file.path().filename().string());
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(fuzz_sdp(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++files;
  }
  EXPECT_GT(files, 8U);
}

}  // namespace
}  // namespace portico::sdp
