// What the fuzzer was given goes through the same function here.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#define LLVMFuzzerTestOneInput fuzz_media_port
#include "../../../fuzz/media_port/media_port.cc"
#undef LLVMFuzzerTestOneInput

namespace {

TEST(MediaPortFuzzCorpus, Holds) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(PORTICO_FUZZ_DIR "/media_port/corpus")) {
    SCOPED_TRACE(file.path().string());
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(fuzz_media_port(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++files;
  }
  EXPECT_GE(files, 10U);
}

}  // namespace
