#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

// The fuzz target itself, run over what it once found worth keeping and over the contract's examples.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace portico::bxml {
namespace {

int replay(const std::filesystem::path& folder) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), 0);
    ++files;
  }
  return files;
}

TEST(FuzzCorpus, HoldsItsPromises) {
  EXPECT_GT(replay(PORTICO_FUZZ_DIR "/bxml/corpus"), 20);
  EXPECT_GT(replay(PORTICO_TEST_DATA "/bxml"), 20);
}

}  // namespace
}  // namespace portico::bxml
