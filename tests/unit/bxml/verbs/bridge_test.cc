#include "bxml/verbs/bridge.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Bridge, DefaultsToNoWebhooks) {
  const auto bridge = only<Bridge>("<Bridge>\n  c-1  \n</Bridge>");
  EXPECT_EQ(bridge.target_call_id, "c-1");
  EXPECT_FALSE(bridge.complete.wanted());
  EXPECT_FALSE(bridge.target_complete.wanted());
  EXPECT_EQ(bridge.complete.method, Method::post);
  EXPECT_EQ(bridge.complete.fallback_method, Method::post);
  EXPECT_FALSE(bridge.complete.credentials.given());
  EXPECT_FALSE(bridge.tag.has_value());
}

TEST(Bridge, ReadsEveryAttribute) {
  const auto bridge = only<Bridge>(
      "<Bridge bridgeCompleteUrl='/c' bridgeCompleteMethod='GET' bridgeCompleteFallbackUrl='/cf' "
      "bridgeCompleteFallbackMethod='GET' bridgeTargetCompleteUrl='t' bridgeTargetCompleteMethod='GET' "
      "bridgeTargetCompleteFallbackUrl='tf' bridgeTargetCompleteFallbackMethod='GET' username='u' "
      "password='p' "
      "fallbackUsername='fu' fallbackPassword='fp' tag=''>c-1</Bridge>");
  EXPECT_EQ(bridge.complete.url, "https://app.example/c");
  EXPECT_EQ(bridge.complete.fallback_url, "https://app.example/cf");
  EXPECT_EQ(bridge.target_complete.url, "https://app.example/hooks/t");
  EXPECT_EQ(bridge.target_complete.fallback_url, "https://app.example/hooks/tf");
  for (const Callback& callback : {bridge.complete, bridge.target_complete}) {
    EXPECT_EQ(callback.method, Method::get);
    EXPECT_EQ(callback.fallback_method, Method::get);
    EXPECT_EQ(callback.credentials, (Credentials{"u", "p"}));
    EXPECT_EQ(callback.fallback_credentials, (Credentials{"fu", "fp"}));
  }
  EXPECT_EQ(bridge.tag, "");
}

TEST(Bridge, ChecksEveryAttribute) {
  const std::string_view pattern = "<Bridge %>c-1</Bridge>";
  expect_callback(pattern, "bridgeComplete", true);
  expect_callback(pattern, "bridgeTargetComplete", true);
  for (const char* name : {"username", "password", "fallbackUsername", "fallbackPassword"})
    expect_secret(pattern, name);
  expect_tag(pattern);
  expect_unknown_ignored(pattern);
}

TEST(Bridge, NeedsATargetAndNoChildren) {
  EXPECT_EQ(reason_of("<Bridge/>"), "<Bridge> needs a text");
  EXPECT_EQ(reason_of("<Bridge> \n </Bridge>"), "<Bridge> needs a text");
  EXPECT_EQ(reason_of("<Bridge>c-1<Pause/></Bridge>"), "<Pause> is not allowed in <Bridge>");
}

}  // namespace
}  // namespace portico::bxml
