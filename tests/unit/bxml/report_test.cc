#include "bxml/report.h"

#include <gtest/gtest.h>

#include <vector>

#include "bxml/parse.h"

namespace portico::bxml {
namespace {

TEST(Report, NamesLineColumnElementAndReason) {
  EXPECT_EQ(describe(Fault{{3, 17}, "Gather", "maxDigits must be 1..50, but was 99"}),
            "line 3, column 17: <Gather> maxDigits must be 1..50, but was 99");
  EXPECT_EQ(describe(Fault{{1, 1}, "", "the document holds no element"}),
            "line 1, column 1: the document holds no element");
}

TEST(Report, WritesALineAFaultAsCompilersDo) {
  const std::vector<Fault> faults = check("<Response>\n  <Ring duration='0'/>\n  <What/>\n</Response>");
  EXPECT_EQ(describe(faults, "menu.xml"),
            "menu.xml:2:9: <Ring> duration must be 0.1..86400 seconds, but was 0\n"
            "menu.xml:3:3: <What> is not a BXML element\n");
}

TEST(Report, ShortensAndCleansWhatItQuotes) {
  const auto faults = check("<Response><Ring duration='a&#10;" + std::string(100, 'x') + "'/></Response>");
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].reason,
            "duration must be 0.1..86400 seconds, but was \"a " + std::string(38, 'x') + "...\"");
}

TEST(Report, NeverRepeatsAPasswordOrAUrl) {
  const std::string secret(1'025, 's');
  for (const std::string& text : std::vector<std::string>{
           std::string("<Response><Redirect redirectUrl='/a' password='") + secret + "'/></Response>",
           "<Response><Redirect redirectUrl='ftp://u:ssss@x/?token=ssss'/></Response>",
           std::string("<Response><PlayAudio>ftp://u:ssss@x/?token=ssss</PlayAudio></Response>"),
           std::string("<Response><StartStream destination='http://u:ssss@x/?token=ssss'/></Response>")}) {
    const auto faults = check(text);
    ASSERT_FALSE(faults.empty()) << text;
    EXPECT_EQ(faults[0].reason.find("ssss"), std::string::npos) << faults[0].reason;
  }
}

}  // namespace
}  // namespace portico::bxml
