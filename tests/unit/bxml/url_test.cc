#include "bxml/url.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace portico::bxml {
namespace {

struct Row {
  std::string_view reference;
  std::string_view target;
};

// RFC 3986 section 5.4, without the rows of other schemes.
constexpr Row kRfc3986[] = {
    {"g", "http://a/b/c/g"},
    {"./g", "http://a/b/c/g"},
    {"g/", "http://a/b/c/g/"},
    {"/g", "http://a/g"},
    {"//g", "http://g"},
    {"?y", "http://a/b/c/d;p?y"},
    {"g?y", "http://a/b/c/g?y"},
    {"#s", "http://a/b/c/d;p?q#s"},
    {"g#s", "http://a/b/c/g#s"},
    {"g?y#s", "http://a/b/c/g?y#s"},
    {";x", "http://a/b/c/;x"},
    {"g;x", "http://a/b/c/g;x"},
    {"g;x?y#s", "http://a/b/c/g;x?y#s"},
    {"", "http://a/b/c/d;p?q"},
    {".", "http://a/b/c/"},
    {"./", "http://a/b/c/"},
    {"..", "http://a/b/"},
    {"../", "http://a/b/"},
    {"../g", "http://a/b/g"},
    {"../..", "http://a/"},
    {"../../", "http://a/"},
    {"../../g", "http://a/g"},
    {"../../../g", "http://a/g"},
    {"../../../../g", "http://a/g"},
    {"/./g", "http://a/g"},
    {"/../g", "http://a/g"},
    {"g.", "http://a/b/c/g."},
    {".g", "http://a/b/c/.g"},
    {"g..", "http://a/b/c/g.."},
    {"..g", "http://a/b/c/..g"},
    {"./../g", "http://a/b/g"},
    {"./g/.", "http://a/b/c/g/"},
    {"g/./h", "http://a/b/c/g/h"},
    {"g/../h", "http://a/b/c/h"},
    {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
    {"g;x=1/../y", "http://a/b/c/y"},
    {"g?y/./x", "http://a/b/c/g?y/./x"},
    {"g?y/../x", "http://a/b/c/g?y/../x"},
    {"g#s/./x", "http://a/b/c/g#s/./x"},
    {"g#s/../x", "http://a/b/c/g#s/../x"},
};

TEST(Resolve, FollowsTheTableOfRfc3986) {
  for (const auto& [reference, target] : kRfc3986) {
    const auto resolved = resolve("http://a/b/c/d;p?q", reference);
    ASSERT_TRUE(resolved) << reference;
    EXPECT_EQ(*resolved, target) << reference;
  }
}

TEST(Resolve, KeepsWhatTheAuthorWrote) {
  EXPECT_EQ(*resolve("", "https://X.Example:8443/a%2fb/%7E?c=%41&d#e"),
            "https://X.Example:8443/a%2fb/%7E?c=%41&d#e");
  EXPECT_EQ(*resolve("", "HTTPS://x.example"), "https://x.example");
  EXPECT_EQ(*resolve("", "http://u:p@x.example/a"), "http://u:p@x.example/a");
  EXPECT_EQ(*resolve("", "http://[::1]:8080/"), "http://[::1]:8080/");
  EXPECT_EQ(*resolve("https://x.example", "a"), "https://x.example/a");
  EXPECT_EQ(*resolve("https://x.example?q", "a/../b"), "https://x.example/b");
}

TEST(Resolve, TakesHttpAndHttpsWithAHostOnly) {
  for (const std::string_view bad :
       {"ftp://x/", "file:///etc/passwd", "javascript:alert(1)", "g:h", "http:g", "http:///a", "http://",
        "https://:80/", "http://x:0/", "http://x:65536/", "http://x:port/", "///a", "a b", "\xC3\xA9", "%zz",
        "http://[::1/", "ws://x"}) {
    EXPECT_FALSE(resolve("http://a/b", bad)) << bad;
  }
}

// A host is an address as a whole or not at all (RFC 3986 section 3.2.2).
TEST(Resolve, TakesNamesThatBeginWithNumbers) {
  EXPECT_EQ(*resolve("", "https://203.0.113.7.sslip.io:8443/a?b#c"),
            "https://203.0.113.7.sslip.io:8443/a?b#c");
  EXPECT_EQ(*resolve("", "https://u@7.113.0.203.bc.example"), "https://u@7.113.0.203.bc.example");
  EXPECT_EQ(*resolve("http://a/b", "//203.0.113.7.sslip.io/c"), "http://203.0.113.7.sslip.io/c");
  EXPECT_EQ(*resolve("http://203.0.113.7.sslip.io/a/b?c", "d"), "http://203.0.113.7.sslip.io/a/d");
  EXPECT_EQ(*resolve("http://203.0.113.7.sslip.io/a/b?c", ""), "http://203.0.113.7.sslip.io/a/b?c");
  for (const std::string_view base : {"http://203.0.113.7.sslip.io/a/b?c", "http://203.0.113.7.sslip.io"}) {
    EXPECT_EQ(*resolve(base, "/d"), "http://203.0.113.7.sslip.io/d");
    EXPECT_EQ(*resolve(base, "//x"), "http://x");
  }
  for (const std::string_view bad :
       {"http://203.0.113.7.8/", "http://203.0.113.7x:80y/", "http://203.0.113.7 x/"}) {
    EXPECT_FALSE(resolve("http://a/b", bad)) << bad;
  }
}

TEST(Resolve, NeedsABaseForARelativeReference) {
  const auto resolved = resolve("", "/a");
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.error().what, "must be absolute, for there is no URL to resolve it against");
  EXPECT_FALSE(resolve("/b", "/a"));
  EXPECT_FALSE(resolve("ftp://x/b", "/a"));
}

TEST(Resolve, BoundsTheLengthBeforeAndAfter) {
  const std::string base = "http://a/";
  EXPECT_EQ(resolve(base, std::string(limits::kUrlBytesMax - 9, 'x'))->size(), limits::kUrlBytesMax);
  const auto longer = resolve(base, std::string(limits::kUrlBytesMax - 8, 'x'));
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().code, Code::too_large);
  EXPECT_FALSE(resolve(base, std::string(limits::kUrlBytesMax + 1, '.')));
}

TEST(WebsocketUri, IsAbsoluteWithAHostAndNoFragment) {
  EXPECT_EQ(*websocket_uri("wss://ai.example/ws?a=b"), "wss://ai.example/ws?a=b");
  EXPECT_EQ(*websocket_uri("ws://127.0.0.1:9000"), "ws://127.0.0.1:9000");
  EXPECT_EQ(*websocket_uri("wss://203.0.113.7.sslip.io/a"), "wss://203.0.113.7.sslip.io/a");
  for (const std::string_view bad :
       {"", "/ws", "//x/ws", "http://x/", "ws:x", "ws:///x", "wss://x/#a", "wss://x:99999/"}) {
    EXPECT_FALSE(websocket_uri(bad)) << bad;
  }
  EXPECT_FALSE(websocket_uri("ws://" + std::string(limits::kUrlBytesMax, 'x')));
}

TEST(IsHttps, LooksAtTheScheme) {
  EXPECT_TRUE(is_https("https://x/"));
  EXPECT_TRUE(is_https("HTTPS://x/"));
  EXPECT_FALSE(is_https("http://https://"));
  EXPECT_FALSE(is_https("https:"));
}

}  // namespace
}  // namespace portico::bxml
