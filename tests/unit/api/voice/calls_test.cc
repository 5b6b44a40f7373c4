#include "api/voice/calls.h"

#include "api/fixture.h"
#include "api/voice/live_calls.h"

namespace portico::api {
namespace {

class Calls : public ApiTest {
 protected:
  static account::CallRecord call(int n) {
    return {.call_id = "c-" + std::to_string(n),
            .account_id = "9900000",
            .application_id = "a",
            .to = "sip:x@y",
            .from = "+1555" + std::to_string(n),
            .created = kNoon + Millis(n),
            .started = kNoon + Millis(n),
            .last_update = kNoon};
  }
  std::vector<std::string> ids(const std::string& query) {
    std::vector<std::string> out;
    const auto response = send("GET", "/api/v2/accounts/9900000/calls" + query);
    EXPECT_EQ(response.status, 200) << response.body;
    const auto body = parsed(response);
    for (const auto& item : body.as_array()) out.emplace_back(item.at("callId").as_string());
    return out;
  }
};

TEST_F(Calls, AreReadWithNullsForWhatIsNotKnown) {
  account::CallRecord full = call(1);
  full.stir_shaken = {{"verstat", "TN-Validation-Passed"}};
  full.answered = kNoon + 3s;
  full.ended = kNoon + 10s;
  full.last_update = kNoon + 11s;
  full.disconnect_cause = "hangup";
  full.media_encryption = "srtp";
  write({full, call(2)});
  const auto response = send("GET", "/api/v2/accounts/9900000/calls/c-1");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/json;charset=UTF-8");
  EXPECT_EQ(text(response, "/disconnectCause"), "hangup");
  EXPECT_EQ(text(response, "/startTime"), to_iso8601(kNoon + 1ms));
  EXPECT_EQ(text(response, "/answerTime"), to_iso8601(kNoon + 3s));
  EXPECT_EQ(text(response, "/endTime"), to_iso8601(kNoon + 10s));
  EXPECT_EQ(text(response, "/lastUpdate"), to_iso8601(kNoon + 11s));
  EXPECT_EQ(text(response, "/stirShaken/verstat"), "TN-Validation-Passed");
  EXPECT_TRUE(at(send("GET", "/api/v2/accounts/9900000/calls/c-2"), "/endTime").is_null());
}

TEST_F(Calls, ThatAreUnknownAreNotFound) {
  const auto response = send("GET", "/api/v2/accounts/9900000/calls/c-x");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(text(response, "/description"), "Call [c-x] not found");
}

TEST_F(Calls, ThatAreUnderWayAreAskedThemselves) {
  auto answered = call(1);
  answered.state = "answered";
  write({call(1)});
  const LiveCalls live{answered, call(2)};
  services_.calls = &live.registry();
  EXPECT_EQ(text(send("GET", "/api/v2/accounts/9900000/calls/c-1"), "/state"), "answered");
  EXPECT_EQ(text(send("GET", "/api/v2/accounts/9900000/calls/c-2"), "/from"), "+15552")
      << "not in the store yet";
}

TEST_F(Calls, AreListedOldestFirstByFilter) {
  write({call(2), call(1), call(3)});
  EXPECT_THAT(ids(""), ::testing::ElementsAre("c-1", "c-2", "c-3"));
  EXPECT_THAT(ids("?from=+15552"), ::testing::ElementsAre("c-2"));
  EXPECT_THAT(ids("?to=sip:x@z"), ::testing::IsEmpty());
  EXPECT_THAT(ids("?minStartTime=" + to_iso8601(kNoon + 2ms)), ::testing::ElementsAre("c-2", "c-3"));
  EXPECT_THAT(ids("?maxStartTime=" + to_iso8601(kNoon + 2ms)), ::testing::ElementsAre("c-1", "c-2"));
}

TEST_F(Calls, TheLinkLeadsThroughAllPages) {
  write({call(1), call(2), call(3)});
  const auto first = send("GET", "/api/v2/accounts/9900000/calls?pageSize=2");
  const std::string link(first.headers.get("Link"));
  ASSERT_THAT(link, ::testing::MatchesRegex("<http://voice.example.org/api/v2/.*>; rel=\"next\""));
  const auto query = link.substr(link.find('?'), link.find('>') - link.find('?'));
  EXPECT_THAT(ids(query), ::testing::ElementsAre("c-3"));
  EXPECT_EQ(send("GET", "/api/v2/accounts/9900000/calls" + query).headers.get("Link"), "");
}

TEST_F(Calls, BadQueriesAreRefused) {
  for (const char* query : {"?pageSize=0", "?pageSize=10001", "?minStartTime=yesterday", "?pageToken=x"}) {
    const auto response = send("GET", "/api/v2/accounts/9900000/calls" + std::string(query));
    EXPECT_EQ(response.status, 400) << query;
    EXPECT_EQ(text(response, "/type"), "validation");
  }
}

TEST_F(Calls, StatisticsFollowTheAccountsLimits) {
  services_.queued_calls = [](std::string_view) { return 3U; };
  const auto response = send("GET", "/api/v2/accounts/9900000/statistics");
  EXPECT_EQ(at(response, "/currentCallQueueSize"), 3);
  EXPECT_EQ(at(response, "/maxCallQueueSize"), 1500);
}

}  // namespace
}  // namespace portico::api
