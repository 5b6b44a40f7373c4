#include "sdp/refusal.h"

#include <gtest/gtest.h>

namespace portico::sdp {
namespace {

TEST(Refusal, BecomesAWarningHeader) {
  const Refused refused = refuse(Warn::incompatible_format, R"(no codec "in" common \ here)");
  EXPECT_EQ(refused.value().sip_status, 488);
  EXPECT_EQ(warning_header(refused.value(), "pbx.example.com"),
            R"(305 pbx.example.com "no codec \"in\" common \\ here")");
}

TEST(Refusal, OfWhatCannotBeParsedIsA400) {
  const Refused refused = refuse(Error{Code::invalid, "line 3: expected a letter and '='"});
  EXPECT_EQ(refused.value().sip_status, 400);
  EXPECT_EQ(warning_header(refused.value(), "portico"), R"(399 portico "line 3: expected a letter and '='")");
}

}  // namespace
}  // namespace portico::sdp
