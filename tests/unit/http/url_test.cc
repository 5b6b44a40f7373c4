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
