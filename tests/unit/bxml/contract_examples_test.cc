#include <filesystem>
#include <fstream>
#include <iterator>

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

// tests/data/bxml holds each example of the contract, one file a verb or child.
TEST(ContractExamples, AllParseWithoutAWarning) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PORTICO_TEST_DATA "/bxml")) {
    std::ifstream file(entry.path());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto document = parse(text, fetched());
    ASSERT_TRUE(document) << entry.path() << " " << describe(document.error());
    EXPECT_FALSE(document->verbs.empty()) << entry.path();
    EXPECT_TRUE(document->warnings.empty()) << entry.path();
    EXPECT_TRUE(check(text).empty()) << entry.path();
    ++files;
  }
  EXPECT_EQ(files, 31);
}

}  // namespace
}  // namespace portico::bxml
