#include "bxml/verbs/connect.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Connect, ReadsItsEndpointAndUrls) {
  const auto plain = only<Connect>("<Connect><Endpoint> e-1 </Endpoint></Connect>");
  EXPECT_EQ(plain.endpoint_id, "e-1");
  EXPECT_FALSE(plain.events.wanted());
  const auto full = only<Connect>(
      "<Connect eventCallbackUrl='/e' eventFallbackUrl='/f'><Endpoint>e-1</Endpoint></Connect>");
  EXPECT_EQ(full.events.url, "https://app.example/e");
  EXPECT_EQ(full.events.fallback_url, "https://app.example/f");
}

TEST(Connect, ChecksEveryAttribute) {
  const std::string_view pattern = "<Connect %><Endpoint>e-1</Endpoint></Connect>";
  expect_url(pattern, "eventCallbackUrl");
  expect_url(pattern, "eventFallbackUrl");
  expect_unknown_ignored(pattern);
  expect_unknown_ignored("<Connect><Endpoint %>e-1</Endpoint></Connect>");
}

TEST(Connect, TakesExactlyOneEndpoint) {
  EXPECT_EQ(reason_of("<Connect/>"), "<Connect> needs one <Endpoint>");
  EXPECT_EQ(reason_of("<Connect><Endpoint>e-1</Endpoint><Endpoint>e-2</Endpoint></Connect>"),
            "<Endpoint> is one too many, <Connect> takes exactly 1");
  EXPECT_EQ(reason_of("<Connect><Endpoint/></Connect>"), "<Endpoint> needs a text");
  EXPECT_EQ(reason_of("<Connect><Endpoint>e-1</Endpoint><SipUri>sip:a@b</SipUri></Connect>"),
            "<SipUri> is not allowed in <Connect>");
  EXPECT_EQ(reason_of("<Connect>x<Endpoint>e-1</Endpoint></Connect>"), "<Connect> takes no text");
}

}  // namespace
}  // namespace portico::bxml
