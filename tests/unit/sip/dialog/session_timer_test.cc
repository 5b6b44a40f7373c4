// RFC 4028: what is agreed on.
#include "sip/dialog/session_timer.h"

#include <gtest/gtest.h>

#include "sip/harness.h"

namespace portico::sip {
namespace {

using Refresher = SessionExpires::Refresher;

struct Row {
  const char* name;
  bool supported;
  std::optional<std::uint32_t> interval;
  Refresher refresher;
  std::uint32_t min_se;
  std::uint32_t expected_interval;
  bool we_refresh;
};

class Agreement : public ::testing::TestWithParam<Row> {};

TEST_P(Agreement, FollowsTable2) {
  const Row& row = GetParam();
  const auto terms = agree_as_answerer({row.supported, row.interval, row.refresher, row.min_se}, 1800, 90);
  EXPECT_EQ(terms.interval, row.expected_interval);
  EXPECT_EQ(terms.we_refresh, row.we_refresh);
}

INSTANTIATE_TEST_SUITE_P(
    Rfc4028, Agreement,
    ::testing::Values(Row{"unsupported_none", false, {}, Refresher::unsaid, 90, 0, false},
                      Row{"unsupported_by_proxy", false, 600, Refresher::unsaid, 90, 600, true},
                      Row{"supported_none", true, {}, Refresher::unsaid, 90, 1800, true},
                      Row{"supported_none_min", true, {}, Refresher::unsaid, 3600, 3600, true},
                      Row{"supported_unsaid", true, 600, Refresher::unsaid, 90, 600, false},
                      Row{"supported_uac", true, 600, Refresher::uac, 90, 600, false},
                      Row{"supported_uas", true, 600, Refresher::uas, 90, 600, true}),
    [](const auto& row) { return row.param.name; });

TEST(SessionTimer, ActsAtHalfTimeAndGivesUpBeforeTheEnd) {
  const TimePoint now{};
  const auto ours = start_timer(now, {1800, true});
  EXPECT_EQ(ours.refresh_at, now + 900s);
  EXPECT_EQ(ours.expire_at, now + 1768s);
  const auto theirs = start_timer(now, {90, false});
  EXPECT_EQ(theirs.refresh_at, kNever);
  EXPECT_EQ(theirs.expire_at, now + 60s);
  EXPECT_EQ(start_timer(now, {}).deadline(), kNever);
}

TEST(SessionTimer, NamesTheRefresherFromEachSide) {
  EXPECT_EQ(write_session_expires({600, true}, true), "600;refresher=uac");
  EXPECT_EQ(write_session_expires({600, false}, true), "600;refresher=uas");
  EXPECT_EQ(write_session_expires({600, true}, false), "600;refresher=uas");
  EXPECT_EQ(write_session_expires({600, false}, false), "600;refresher=uac");
}

TEST(SessionTimer, RefusesShortIntervalsOnlyOfThoseWhoKnowTimers) {
  EXPECT_TRUE(too_short({.supported = true, .interval = 89}, 90));
  EXPECT_FALSE(too_short({.supported = true, .interval = 90}, 90));
  EXPECT_FALSE(too_short({.supported = false, .interval = 30}, 90));
}

TEST(SessionTimer, BelievesNoAnswerBelowTheMinimumThatWasAskedFor) {
  const auto agreed = [](const char* expires, std::uint32_t min_se) {
    const auto ok =
        testing::parsed(testing::wire(std::string("SIP/2.0 200 OK\nSession-Expires: ") + expires));
    return agree_as_asker(ok, min_se);
  };
  EXPECT_EQ(agreed("600;refresher=uac", 2000).interval, 2000U);
  EXPECT_TRUE(agreed("600;refresher=uac", 2000).we_refresh);
  EXPECT_EQ(agreed("30;refresher=uas", 0).interval, kMinSeFloor);
  EXPECT_EQ(agreed("3000;refresher=uas", 2000).interval, 3000U);
  EXPECT_FALSE(agreed("3000;refresher=uas", 2000).we_refresh);
}

}  // namespace
}  // namespace portico::sip
