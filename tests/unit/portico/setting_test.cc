#include "portico/setting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "objects/temporary_directory.h"

namespace portico::app {
namespace {

std::optional<std::string> no_environment(const std::string&) { return std::nullopt; }

TEST(Settings, PrintedAreAFileThatMeansTheSame) {
  const std::map<std::string, std::string, std::less<>> flags{
      {"http", "[::1]:8080"},   {"bind", "::"},          {"node", "a # b"}, {"public-url", ""},
      {"realm", "it's 'ours'"}, {"codecs", "PCMA,PCMU"}, {"demo", "true"}};
  const auto given = choose(flags, no_environment);
  ASSERT_TRUE(given);
  const TemporaryDirectory directory;
  const auto file = (directory.path() / "portico.yaml").string();
  write_file(file, to_yaml(*given));
  const auto read = choose({{"config", file}}, no_environment);
  ASSERT_TRUE(read) << read.error().what;
  for (const auto& [name, chosen] : *given) {
    if (name == "config") continue;
    const auto& again = read->at(name);
    EXPECT_EQ(again.value, chosen.value) << name;
    EXPECT_EQ(again.origin, chosen.origin == Origin::flag ? Origin::file : Origin::fallback) << name;
  }
}

}  // namespace
}  // namespace portico::app
