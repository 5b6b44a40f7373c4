#include "http/url.h"

#include <gtest/gtest.h>

namespace portico::http {
namespace {

TEST(Url, SplitsHttpUrls) {
  const auto url = parse_url("HTTPS://Voice.Example.org:8443/a/b%20c?x=1&y=%2F#part");
  ASSERT_TRUE(url) << url.error().what;
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "voice.example.org");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/b%20c?x=1&y=%2F");
}

TEST(Url, FillsInTheSchemesPortAndTheRootPath) {
  const auto plain = parse_url("http://192.0.2.1");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->port, 80);
  EXPECT_EQ(plain->path, "/");
  const auto secure = parse_url("https://[2001:db8::1]?a");
  ASSERT_TRUE(secure);
  EXPECT_EQ(secure->port, 443);
  EXPECT_EQ(secure->host, "2001:db8::1");
  EXPECT_EQ(secure->path, "/?a");
}

TEST(Url, RefusesWhatIsNotAnHttpUrl) {
  for (const auto* text :
       {"", "/relative", "ftp://example.org/", "http://", "http:///x", "http://user:pw@host/",
        "http://host:99999/", "http://host:0/", "http://host:80x/", "http://host:80tp://other:808?c",
        "http://ho st/", "http://host/\r\nX: y", "example.org"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
  EXPECT_FALSE(parse_url("http://host/" + std::string(3000, 'a')));
}

// A host is an address as a whole or not at all (RFC 3986 section 3.2.2).
TEST(Url, TakesNamesThatBeginWithNumbers) {
  const auto url = parse_url("https://203.0.113.7.SSLIP.io:8443/9a?b");
  ASSERT_TRUE(url) << url.error().what;
  EXPECT_EQ(url->host, "203.0.113.7.sslip.io");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/9a?b");
  const auto google = parse_url("http://7.113.0.203.bc%2Eexample");
  ASSERT_TRUE(google) << google.error().what;
  EXPECT_EQ(google->host, "7.113.0.203.bc.example");
  for (const auto* bad : {"http://203.0.113.7.8/", "http://203.0.113.7x:80y/", "http://203.0.113.7 x/"}) {
    EXPECT_FALSE(parse_url(bad)) << bad;
  }
}

TEST(HostField, HoldsAHostAndPerhapsAPort) {
  for (const auto* good : {"", "example.org", "example.org:8080", "example.org:", "192.0.2.1:80", "[::1]:80",
                           "203.0.113.7.sslip.io", "203.0.113.7.sslip.io:8080"}) {
    EXPECT_TRUE(is_host_field(good)) << good;
  }
  for (const auto* bad : {"a b", "a/b", "u@a", "203.0.113.7.8", "203.0.113.7.sslip.io/a",
                          "u@203.0.113.7.sslip.io", "203.0.113.7.sslip.io:80x", "a,b c", "[::1"}) {
    EXPECT_FALSE(is_host_field(bad)) << bad;
  }
}

TEST(Url, EncodesEverythingButUnreserved) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("+1 555&=é"), "%2B1%20555%26%3D%C3%A9");
  EXPECT_EQ(percent_decode("%2B1%20%C3%A9%zz%4"), "+1 é%zz%4");
}

TEST(Url, ReadsQueriesAsFormsSendThem) {
  const NamedValues expected{{"to", "+1555"}, {"tag", "a b"}, {"flag", ""}, {"to", "x=y"}, {"empty", ""}};
  EXPECT_EQ(parse_query("to=%2B1555&tag=a+b&flag&&to=x=y&empty="), expected);
}

TEST(Url, AddsToAQueryThatIsThereAlready) {
  const NamedValues values{{"a.b", "1 2"}};
  EXPECT_EQ(add_query("http://h/p", values), "http://h/p?a.b=1%202");
  EXPECT_EQ(add_query("http://h/p?", values), "http://h/p?a.b=1%202");
  EXPECT_EQ(add_query("http://h/p?k=v", values), "http://h/p?k=v&a.b=1%202");
  EXPECT_EQ(add_query("http://h/p?k=v&", values), "http://h/p?k=v&a.b=1%202");
  EXPECT_EQ(add_query("http://h/p?k=v#frag", values), "http://h/p?k=v&a.b=1%202");
  EXPECT_EQ(add_query("http://h/p#frag", {}), "http://h/p");
}

TEST(Url, TakesCredentialsOutForLogs) {
  EXPECT_EQ(without_userinfo("https://me:secret@host:1/a@b?c=@d"), "https://host:1/a@b?c=@d");
  EXPECT_EQ(without_userinfo("https://me:p@ss@host/"), "https://host/");
  EXPECT_EQ(without_userinfo("https://host/a@b"), "https://host/a@b");
  EXPECT_EQ(without_userinfo("not a url"), "not a url");
  EXPECT_EQ(name_of_url("https://me:secret@host:1/a?token=b@c"), "https://host:1/a?...");
  EXPECT_EQ(name_of_url("https://host/a#b"), "https://host/a?...");
  EXPECT_EQ(name_of_url("https://me:secret@host?a/b"), "https://host?...");
  EXPECT_EQ(name_of_url("https://host/a"), "https://host/a");
}

}  // namespace
}  // namespace portico::http
