#include "bxml/verbs/redirect.h"

#include "bxml/parsing.h"

namespace portico::bxml {
namespace {

TEST(Redirect, ReadsEveryAttribute) {
  const auto redirect = only<Redirect>(
      "<Redirect redirectUrl='../r' redirectMethod='GET' redirectFallbackUrl='f' "
      "redirectFallbackMethod='GET' username='u' "
      "password='p' fallbackUsername='fu' fallbackPassword='fp' tag='t'/>");
  EXPECT_EQ(redirect.redirect.url, "https://app.example/r");
  EXPECT_EQ(redirect.redirect.method, Method::get);
  EXPECT_EQ(redirect.redirect.fallback_url, "https://app.example/hooks/f");
  EXPECT_EQ(redirect.redirect.fallback_method, Method::get);
  EXPECT_EQ(redirect.redirect.credentials, (Credentials{"u", "p"}));
  EXPECT_EQ(redirect.redirect.fallback_credentials, (Credentials{"fu", "fp"}));
  EXPECT_EQ(redirect.tag, "t");
  EXPECT_EQ(only<Redirect>("<Redirect redirectUrl='/r'/>").redirect.method, Method::post);
}

TEST(Redirect, NeedsItsUrl) {
  EXPECT_EQ(reason_of("<Redirect/>"), "<Redirect> needs the attribute redirectUrl");
  EXPECT_EQ(reason_of("<Redirect redirectUrl=' '/>"), "<Redirect> redirectUrl must not be empty");
  EXPECT_EQ(check(response("<Redirect redirectUrl='ftp://x'/>"), fetched()).size(), 1U);
}

TEST(Redirect, ChecksEveryAttribute) {
  const std::string_view pattern = "<Redirect redirectUrl='/r' %/>";
  expect_values("<Redirect %/>", "redirectUrl", {"/r", "http://x.example"}, {"", "ftp://x.example/", "a b"});
  expect_method(pattern, "redirectMethod");
  expect_url(pattern, "redirectFallbackUrl");
  expect_method(pattern, "redirectFallbackMethod");
  for (const char* name : {"username", "password", "fallbackUsername", "fallbackPassword"})
    expect_secret(pattern, name);
  expect_tag(pattern);
  expect_unknown_ignored(pattern);
  EXPECT_EQ(reason_of("<Redirect redirectUrl='/r'><Pause/></Redirect>"),
            "<Pause> is not allowed in <Redirect>");
}

}  // namespace
}  // namespace portico::bxml
