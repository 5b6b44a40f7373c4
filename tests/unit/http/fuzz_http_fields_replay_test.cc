// What the fuzzer was given goes through the same function here.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#define LLVMFuzzerTestOneInput fuzz_http_fields
#include "../../../fuzz/http_fields/http_fields.cc"
#undef LLVMFuzzerTestOneInput

namespace {

TEST(HttpFieldsFuzzCorpus, Holds) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(PORTICO_FUZZ_DIR "/http_fields/corpus")) {
    SCOPED_TRACE(file.path().string());
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(fuzz_http_fields(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++files;
  }
  EXPECT_GE(files, 3U);
}

}  // namespace
