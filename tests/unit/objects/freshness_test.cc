#include "objects/freshness.h"

#include <gtest/gtest.h>

namespace portico::objects {
namespace {

using std::chrono::seconds;

struct Row {
  http::Headers headers;
  int fresh;
};

TEST(Freshness, FollowsRfc7234) {
  const auto now = *parse_iso8601("2026-08-01T09:00:00.000Z");
  const Row rows[] = {
      {{}, 0},
      {{{"Cache-Control", "max-age=60"}}, 60},
      {{{"cache-control", "public, Max-Age=\"60\""}}, 60},
      {{{"Cache-Control", "max-age=60"}, {"Age", "20"}}, 40},
      {{{"Cache-Control", "max-age=60"}, {"Age", "90"}}, 0},
      {{{"Cache-Control", "max-age=60, no-store"}}, 0},
      {{{"Cache-Control", "max-age=60"}, {"Cache-Control", "no-cache"}}, 0},
      {{{"Cache-Control", "private, max-age=60"}}, 0},
      {{{"Cache-Control", "max-age=0"}, {"Expires", "Sat, 01 Aug 2026 10:00:00 GMT"}}, 0},
      {{{"Cache-Control", "max-age=x"}, {"Expires", "Sat, 01 Aug 2026 10:00:00 GMT"}}, 0},
      {{{"Cache-Control", "max-age=-5"}}, 0},
      {{{"Cache-Control", "max-age=99999999999999999999"}}, 86'400},
      {{{"Expires", "Sat, 01 Aug 2026 09:01:00 GMT"}}, 60},
      {{{"Expires", "Sat, 01 Aug 2026 09:01:00 GMT"}, {"Date", "Sat, 01 Aug 2026 09:00:30 GMT"}}, 30},
      {{{"Expires", "Sat, 01 Aug 2026 08:00:00 GMT"}}, 0},
      {{{"Expires", "0"}}, 0},
      {{{"Expires", "Sun, 01 Aug 2027 09:00:00 GMT"}}, 86'400},
      {{{"Cache-Control", "max-age=60"}, {"Vary", "*"}}, 0},
  };
  int row_number = 0;
  for (const auto& row : rows)
    EXPECT_EQ(fresh_for(row.headers, now), seconds(row.fresh)) << "row " << row_number++;
}

}  // namespace
}  // namespace portico::objects
